"""English words of motion: verbs with their forms, and what looks like one and is none."""

from __future__ import annotations

_REGULAR = """
accelerate advance aim approach arrive ascend bake balance bark bathe battle beat bend blast blaze blink bloom
blossom bob boil bounce bow brew brush bubble bump burn burst bustle buzz call carry carve cascade chase chat
cheer chew chop circle clap climb close collapse collide come cook cover crack crackle crash crawl creep cross
crouch cruise crumble cry curl dance dart dash dawdle deliver descend dip dissolve dive dock dodge drag drain
draw drift drink drip drive drizzle drop dry duck eat emerge enter erupt evaporate examine expand explode
explore face fade fall fetch fight fill flap flare flash flicker flip float flock flood flow flutter fly fold
follow form freeze frown gallop gather gaze get giggle give glance gleam glide glimmer glow go grab graze greet
grill grin grip grow hammer hatch haul hike hit hold hop hover hug hurl hurry jog juggle jump kick kiss kneel
knit knock land laugh launch lean leap leave lick lift light load look lower lunge march meet melt merge mix
morph move nap nibble nod open orbit pace paddle paint parade pass patrol peek peel peer perch perform pet pick
pirouette pivot play plough plow pluck plunge point polish pop pounce pour practice practise pray press prowl
pull pulse pump punch purr push race rain raise rattle reach read rear recoil reflect release retreat reveal
reverse ride ring ripple rise roam roar rock roll rotate row rub run rush rustle sail salute scamper scatter
scratch scream scroll sculpt serve settle sew shake shatter shave shift shimmer shine shiver shoot shout shovel
shuffle sigh sing sink sip sit sizzle skate sketch ski skid skip slam slap sleep slice slide slip slither smash
smile smoke smoulder snap sneak sneeze sniff snow soar spark sparkle speak speed spill spin spiral splash split
spray spread sprint sprout squat squeeze stack stagger stamp stand stare start steam step stir stomp stop
stretch stride strike stroll strum struggle stumble surf surge swarm sway sweep swim swing swirl swish swoop
take talk tap taste tear throb throw thunder tick tie tilt tip toss touch tow train transform travel tread
tremble trickle trot trudge tumble turn twinkle twirl twist type unfold unfurl unroll unwrap vanish vibrate
visit wade wag waddle wait wake walk waltz wander wash watch water wave weave weep whip whirl whisk whisper wind
wink wipe work wrap wrestle write yawn zoom
"""

_PAST = """
arose ate beat began bent blew broke brought built burst came caught crept drank drew drove fell fled flew flung
fought froze gave grew held hung knelt leapt left made met ran rang rode rose sang sank sat sent shone shook
shot slept slid spoke spun sprang stood strode struck swam swept swung threw took tore went woke wove wrote
passes motion movement moving timelapse hyperlapse
"""

_STILL = """
during evening morning evening ceiling building buildings wing king ring string spring sibling painting
paintings clothing lightning lighting nothing something anything everything wedding railing paneling awning
sling being bring thing things sting cling fencing flooring stocking earring earrings herring viking icing
pudding dressing setting drawing engraving meaning feeling living parking dining interesting stunning amazing
charming striking outstanding inspiring soothing relaxing exciting promising missing existing matching
"""
STILL = frozenset(_STILL.split())
"""Words in -ing that show no motion."""


def _forms(verb: str) -> set[str]:
    stem = verb[:-1] if verb.endswith("e") else verb
    found = {verb, f"{verb}s", f"{verb}es", f"{stem}ed", f"{stem}ing", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"}
    return found | ({f"{verb[:-1]}ies", f"{verb[:-1]}ied"} if verb.endswith("y") else set())


MOTION = frozenset(form for verb in _REGULAR.split() for form in _forms(verb)) | frozenset(_PAST.split())
"""Every form of the verbs above."""

_CAMERA = frozenset(["tilt", "zoom", "orbit", "push", "pull", "roll", "follow", "move", "dive", "swing"])

ACTS = frozenset(
    form for verb in _REGULAR.split() if verb not in _CAMERA for form in _forms(verb) if form.endswith("s")
)
"""The forms that tell what one subject does (runs, carries), of verbs that a camera seldom does."""
