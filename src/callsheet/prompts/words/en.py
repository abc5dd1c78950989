"""The English words: regular expressions without their word boundaries, which `lexicon` puts around them."""

from __future__ import annotations

_OWN = r"(?:slow(?:ly)?|smooth(?:ly)?|gent(?:le|ly)|gradual(?:ly)?|quick(?:ly)?|steadi?(?:ly|y)|then|is|also) "
_CAMERA = rf"(?:camera|shot|view|lens|frame) (?:{_OWN})*"

MOVES = {
    "static": r"static (?:camera|shot|frame)|locked[- ]off|fixed (?:camera|shot)|tripod shot|stationary camera|still"
    r" camera"
    rf"|{_CAMERA}(?:stays |remains |stands |holds |kept )?(?:still|static|fixed|locked|motionless|stationary)",
    "in": r"doll(?:y|ies|ying) in|push(?:es|ing)?[- ]in|zoom(?:s|ing)?[- ]in|crash zoom|(?:slowly |ever )?(?:closer"
    r"|nearer)(?: and (?:closer|nearer))?"
    rf"|{_CAMERA}(?:moves?|moving|creeps?|glides?|push(?:es|ing)?|zooms?) (?:{_OWN})*(?:closer|in|towards?)",
    "out": r"doll(?:y|ies|ying) (?:out|back)|pull(?:s|ing)?[- ](?:out|back)|zoom(?:s|ing)?[- ]out"
    rf"|{_CAMERA}(?:moves?|moving|draws?|pulls?) (?:{_OWN})*(?:away|out|back)",
    "pan": rf"(?:whip )?pan(?:s|ning)?(?: shot)?|{_CAMERA}(?:turns?|sweeps?)",
    "tilt": r"tilt(?:s|ing)? (?:up|down)(?:wards?)?",
    "orbit": rf"orbit(?:s|ing)?(?: shot)?|arc shot|{_CAMERA}(?:circl(?:es|ing)|rotat(?:es|ing))",
    "follow": rf"tracking shot|camera tracking|{_CAMERA}(?:follow(?:s|ing)?|tracks?)|follow shot|chase cam(?:era)?"
    rf"|steadicam",
    "rise": rf"(?:crane|jib) (?:shot|up)|{_CAMERA}(?:rises?|rising|lifts?|climbs?|ascends?)|boom up",
    "sink": rf"(?:crane|jib) down|{_CAMERA}(?:sinks?|lowers?|descends?|descending|drops?)|boom down",
    "fly": r"fpv(?: drone| shot)?|drone (?:shot|view|footage|flight|flies)|fly-?(?:over|through|by)|aerial shot",
    "handheld": r"hand-?held|shaky cam(?:era)?",
    "slide": r"truck(?:s|ing)? (?:left|right)|slid(?:es|ing) (?:left|right)|slider shot|lateral (?:move|slide)",
}

STYLES = {
    "photo": r"photo-?realistic|hyper-?realistic|photorealism",
    "anime": r"anime|manga",
    "watercolour": r"watercolou?r (?:style|painting|look|illustration)|in watercolou?rs?",
    "oil": r"oil[- ]painting (?:style|look)|(?:as|like) an oil painting|painted in oils?",
    "pixel": r"pixel[- ]art|8-?bit style|16-?bit style",
    "clay": r"clay-?mation|stop[- ]motion|plasticine style",
    "cartoon": r"cartoon (?:style|look)|cel[- ]shaded|comic[- ]book style",
    "ink": r"ink[- ]wash|sumi-?e|line art|pencil sketch|charcoal drawing",
    "render": r"3d render|low[- ]poly|voxel|isometric",
    "cyberpunk": r"cyberpunk|vaporwave|synthwave style",
    "steampunk": r"steampunk",
    "noir": r"film noir|noir style",
    "ukiyo-e": r"ukiyo-?e",
    "impressionist": r"impressionis[mt](?:ic)?|expressionis[mt]|cubis[mt]|surrealis[mt](?:ic)?|pop art|art deco|art"
    r" nouveau|baroque",
}

TABLE = {
    "static": MOVES["static"],
    "moving": "|".join(pattern for name, pattern in MOVES.items() if name not in ("static", "handheld")),
    "nearing": r"(?:push(?:es|ing)?|doll(?:y|ies|ying))[- ]in",
    "leaving": r"pull(?:s|ing)?[- ](?:out|back|away)|doll(?:y|ies|ying) (?:out|back)",
    "zooming-in": r"zoom(?:s|ing)?[- ]in",
    "zooming-out": r"zoom(?:s|ing)?[- ]out",
    "leftward": rf"(?:pan|truck)(?:s|ning|ing)? (?:{_OWN})*(?:to the )?left",
    "rightward": rf"(?:pan|truck)(?:s|ning|ing)? (?:{_OWN})*(?:to the )?right",
    "upward": r"(?:tilt|crane|jib|boom)(?:s|ing)? up(?:wards?)?",
    "downward": r"(?:tilt|crane|jib|boom)(?:s|ing)? down(?:wards?)?",
    "framing": r"(?:extreme |medium |big )?close[- ]?ups?|(?:medium|wide|long|full|establishing|over[- ]the[-"
    r" ]shoulder|point[- ]of[- ]view)"
    r"(?:[- ]angle)? shot|low[- ]angle|high[- ]angle|eye[- ]level|bird'?s[- ]eye|top[- ]down|macro(?: shot)?|aerial"
    r"|pov|wide[- ]angle"
    r"|fish-?eye|rack focus|one[- ]take|camera|lens|cinematograph\w+|shot (?:from|on|at)|time-?lapse|hyper-?lapse"
    r"|bullet time",
    "close": r"extreme close[- ]?up|macro shot",
    "wide": r"extreme wide shot|establishing shot|panoramic wide shot",
    "day": r"broad daylight|daylight|daytime|midday|noon|sunny day|bright sunshine|sunlit|in the sun|morning"
    r" sun(?:light)?|under (?:a|the) (?:blue|sunny) sky",
    "night": r"at night|night-?time|midnight|moonlit|moonlight|night scene|starry (?:sky|night)|in the dead of night",
    "silent": r"(?:no|without(?: any)?) sound|soundless|completely silent|total silence|silent (?:video|clip|shot)"
    r"|muted audio|no audio",
    "audible": r"music|song|soundtrack|singing|voice-?over|narration|dialogue|melody",
    "monochrome": r"black[- ]and[- ]white|monochrome|greyscale|grayscale",
    "colourful": r"colou?rful|vivid colou?rs?|vibrant colou?rs?|rainbow colou?rs?|saturated colou?rs?",
    "photo": STYLES["photo"],
    "drawn": "|".join(STYLES[name] for name in ("anime", "watercolour", "oil", "pixel", "cartoon", "ink")),
    "slow": r"slow(?:ly)?|slow[- ]motion|unhurried",
    "fast": r"fast|quick(?:ly)?|rapid(?:ly)?|fast motion|hurried",
    "loud": r"loud|deafening",
    "quiet": r"quiet|soft|silent|hushed",
    "bright": r"bright|brightly lit",
    "dark": r"dark|dimly lit|pitch[- ]black",
    "happy": r"happy|cheerful|joyful|joyous|upbeat|uplifting",
    "sad": r"sad|mournful|melanchol(?:y|ic)|gloomy|sorrowful|heartbroken",
    "uptempo": r"fast[- ](?:tempo|paced)|up-?tempo|presto|driving (?:rhythm|beat)|fast (?:music|song|track)",
    "downtempo": r"slow[- ](?:tempo|paced)|down-?tempo|largo|adagio|slow (?:music|song|track|ballad)",
    "turns": r"then|turns?(?: in)?to|turning|becom(?:es|ing)|gives? way|fad(?:es|ing)|chang(?:es|ing)|transform\w*"
    r"|transition\w*|from .{2,40}? to"
    r"|until|after(?:wards)?|before|cuts? to|time-?lapse|day to night|shifts?|as (?:night|dawn|day) \w+|while"
    r"|finally|ends?|ending|begins?|starts?"
    r"|split[- ]screen|contrast(?:s|ing)?|instead of|rather than|except|against",
    "beats": r"(?:and )?then|after that|afterwards|next,|finally|followed by|before (?=\w+ing)",
    "cuts": r"cuts? to|smash cut|jump cuts?|next shot|second shot|shot [2-9]|scene [2-9]",
    "listed": r"(?:a|an|one|two|three|four|five|six|seven|eight|nine|ten|several|\d{1,2}) (?:[a-z-]+"
    r" ){0,3}?[a-z-]+(?=\s*(?:,|;|and|&|$|\.))",
    "vague": r"beautiful|nice|amazing|awesome|great|good|cool|perfect|stunning|gorgeous|incredible|fantastic"
    r"|wonderful|lovely|best|better|interesting"
    r"|super|wow|epic and awesome|high[- ]quality|masterpiece|eye-?catching|breath-?taking",
    "negation": r"(?:no|without(?: any)?) (?!longer|sooner|matter|doubt|less|more|one'?s|warning|pause|hurry|haste"
    r"|rush|effort|cutting|end|stopping|reserve|fail"
    r"|blinking|looking|\w+ing\b)[a-z]+(?:(?:,? (?:or|and|no) )[a-z]+)*|(?:do not|don'?t|never|must not|should not"
    r"|avoid|exclude) (?!(?:stop|end)\w*)[a-z]+(?: [a-z]+)?"
    r"|not (?!only|just|yet|far|quite|unlike|long|until|even)(?:too |very |so |a |an |any )?[a-z]+|nobody|no[- ]one",
    "removal": r"(?:remove|delete|erase|get rid of|take away|take out|clean up|cut out)(?: \w+){1,4}",
    "keeps": r"keep\w*|preserv\w+|maintain\w*|same|retain\w*|unchanged|as it is|only|leave\w*|identity",
    "lettering": r"(?:text|words?|letters?|lettering|caption|title|sign|banner|label|logo|headline|slogan"
    r"|neon)[^\"“”.,]{0,30}?"
    r"(?:says?|saying|reads?|reading|that says|with the words?|written|:)?\s*[\"“”'‘]([^\"“”'‘’]{1,120})[\"“”'’]"
    r"|(?:says?|saying|reads|reading|written|with the (?:words?|text|title)) [\"“'‘]([^\"“”'‘’]{1,120})[\"”'’]",
    "technical": r"\d{3,4}\s?[x×*]\s?\d{3,4}(?: ?(?:px|pixels))?|\d{2,3}\s?(?:fps|frames per second)|h\.?26[45]|hevc"
    r"|prores|\d{1,6} ?mbps|[248]k(?: resolution)?"
    r"|(?:480|540|720|1080|1440|2160)p|(?:16:9|9:16|4:3|3:4|1:1|21:9)|seed \d{1,6}|--\w+",
    "style": r"(?:in|with) the (?:style|manner|aesthetic) of (?:the )?(?P<who>[A-Z][\w.'’-]*(?: (?:de|van|von|der|la"
    r"|[A-Z][\w.'’-]*)){0,3})",
    "movements": r"baroque|art deco|art nouveau|bauhaus|impression\w*|expression\w*|cubis\w*|surreal\w*|renaissance"
    r"|gothic|ukiyo-?e|rococo|romantic\w*"
    r"|pop art|minimalis\w*|film noir|victorian|edwardian|japanese|chinese|french|italian|american|british|german"
    r"|soviet|nordic|scandinavian|indian|korean"
    r"|medieval|roman|greek|egyptian|byzantine|persian|mughal|tang|song|ming|qing|eighties|nineties|hollywood"
    r"|bollywood|western|manga|anime",
    "length": r"(?P<n>\d{1,6}(?:\.\d{1,6})?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty"
    r"|thirty|sixty)[- ]?"
    r"(?:s|secs?|seconds?)[- ](?:long|video|clip|shot|film|song|track|piece|loop|music|sound|duration|of (?:video"
    r"|footage|music))"
    r"|(?:lasting|lasts|duration(?: of|:)?|for) (?P<m>\d{1,6}(?:\.\d{1,6})?|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|twelve|fifteen|twenty|thirty|sixty) ?(?:s|secs?|seconds)",
    "genres": r"lo-?fi|hip-?hop|rap|trap|waltz|jazz|swing|bebop|bossa nova|samba|salsa|tango|latin|electro\w*|house"
    r"|techno|edm|trance|dance|synth-?wave|rock"
    r"|metal|punk|grunge|nursery|lullaby|classical|sonata|nocturne|baroque|folk|acoustic|country|cinematic"
    r"|orchestral|symphon\w+|film score|trailer|ambient|meditation"
    r"|pop|r&b|soul|funk|disco|reggae|blues|gospel|march|chiptune|8-?bit|drum and bass|dubstep|k-?pop|city pop"
    r"|corporate|vlog|jingle|action music|travel|documentary"
    r"|guofeng|chinese|celtic|flamenco|new age|ballad|opera|choral|soundscape|score|podcast|tech(?:nology)?",
    "moods": r"happy|joyful|cheerful|bright|upbeat|playful|fun|sunny|sad|melanchol\w+|sorrow\w*|lonely|nostalg\w+"
    r"|tense|tension|suspense\w*|dark|scary|eerie|creepy|epic"
    r"|heroic|triumph\w*|majestic|grand|powerful|romantic|tender|mysterious|magical|dreamy|ethereal|floating"
    r"|energetic|energy|driving|exciting|intense|calm|peaceful|relax\w+"
    r"|gentle|soft|quiet|soothing|warm|serene|inspiring|emotional|moving|contemplative|adventurous|dramatic"
    r"|sophisticated|professional|modern|catchy|motivating|chill"
    r"|uplifting|hopeful|reflective|spacious|festive|solemn|bold|whimsical|bittersweet|hypnotic|groovy|confident"
    r"|clean|smooth",
    "tempos": r"\d{2,3} ?bpm|slow(?:ly)?|fast|mid-?tempo|up-?tempo|down-?tempo|moderate|adagio|andante|allegro|largo"
    r"|presto|tempo|driving|laid[- ]back|steady|rhythm\w*|pace|paced",
    "instruments": r"piano|guitars?|strings?|violins?|cello|viola|bass|drums?|percussion|beats?|synth\w*|pads?|brass"
    r"|horns?|trumpets?|trombones?|flutes?|woodwinds?|clarinets?|oboe"
    r"|sax(?:ophone)?|choir|organ|bells?|chimes?|harp|ukulele|banjo|accordion|harmonica|marimba|vibraphone|celesta"
    r"|erhu|guzheng|pipa|dizi|guqin|sitar|tabla|kora|808|orchestra|ensemble"
    r"|quartet|trio|vocals?|voice|whistl\w+|claps?|hand-?claps|music box|rhodes|kick|snare|hi-?hats?|kalimba|koto"
    r"|shamisen|shakuhachi|bagpipes?|fiddle|mandolin|instruments?",
    "sounds": r"(?:some|any|a|an|the|good|cool|nice|great|weird|interesting|random|loud|soft|short|long|sound|sounds"
    r"|noise|noises|sfx|audio|effects?|of|for|and|my|video|please|make)",
    "relations": r"then|if|else|when|after|before|next|first|second|finally|step|until|otherwise|leads? to|goes? to"
    r"|calls?|sends?|returns?|depends?|from|to|between|includes?"
    r"|contains?|consists?|has|with|under|of|parent|child|because|causes?|yes|no|approve[sd]?|reject(?:s|ed)?|versus"
    r"|vs|compare\w*|types? of|kinds? of|parts? of|process|workflow|flow|cycle|structure",
    "times": r"\d{1,6} ?(?:d|days?|w|weeks?|months?|years?|hours?|h|quarters?)|\d{4}|q[1-4]|monday|tuesday|wednesday"
    r"|thursday|friday|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|june?|july?|aug\w*|sep\w*"
    r"|oct\w*|nov\w*|dec\w*|weeks?|days?|months?",
    "filler": r"a|an|the|of|in|on|at|with|and|or|to|for|from|by|very|some|style|styled|look|looking|shot|shots|video"
    r"|clip|film|movie|footage|image|picture|photo|photograph|photography"
    r"|cinematic|cinema|quality|high|low|ultra|detail|detailed|details|sharp|resolution|hd|uhd|hdr|4k|8k|realistic"
    r"|professional|lighting|light|lit|soft|warm|cold|golden hour|blue hour"
    r"|mood|moody|atmosphere|atmospheric|dramatic|dynamic|smooth|smoothly|slow|slowly|motion|fast|camera|colou?rs?"
    r"|colou?r grading|bokeh|depth of field|shallow|composition|epic|vibrant"
    r"|award[- ]winning|trending|please|make|create|generate|me|something|anything|it|this|that|is|aesthetic|vibes?"
    r"|good|nice|35mm|film grain|grain|lens|angle|wide|close[- ]?up",
}

INSTEAD = {
    "people": (r"people|person|man|men|woman|humans?|crowds?|anyone|nobody|one|tourists", "an empty, deserted place"),
    "letters": (r"text|letters?|lettering|words?|writing|captions?|subtitles?|titles?", "plain, unmarked surfaces"),
    "mark": (r"watermarks?|logos?|brands?", "a clean picture edge to edge"),
    "blur": (r"blur\w*|unsharp", "sharp focus"),
    "dark": (r"dark\w*|shadows?", "bright, even light"),
    "noise": (r"noise|noisy|grain\w*", "a clean, smooth picture"),
    "dull": (r"boring|dull", "a lively scene"),
    "cars": (r"cars?|traffic|vehicles?", "an empty road"),
    "clouds": (r"clouds?", "a clear sky"),
    "cuts": (r"cuts?|editing", "one continuous shot"),
    "camera": (r"camera|movement|shak\w*|zoom\w*|motion", "a static camera on a tripod"),
    "background": (r"background|clutter\w*", "a plain white background"),
    "voices": (r"vocals?|voices?|singing|lyrics", "instrumental"),
    "music": (r"music", "natural sound only"),
    "drums": (r"drums?|percussion|beats?", "only the instruments that you want, by name"),
}
"""For what is named after a negation: the words, and what to ask for in its place."""

NAMES = (
    r"Hans Zimmer|John Williams|Ludovico Einaudi|Joe Hisaishi|Taylor Swift|The Beatles|Billie Eilish|Daft Punk|Ennio"
    r" Morricone|Jay Chou|BTS|Drake|Adele"
    r"|Studio Ghibli|Ghibli|(?:Hayao )?Miyazaki|Makoto Shinkai|Wes Anderson|Christopher Nolan|Tim Burton|Quentin"
    r" Tarantino|Denis Villeneuve|Wong Kar-?wai"
    r"|Zhang Yimou|David Lynch|Stanley Kubrick|Steven Spielberg|Pixar|Disney|Marvel|DreamWorks|Greg Rutkowski|Banksy"
    r"|Annie Leibovitz|Yayoi Kusama"
    r"|Takashi Murakami|Damien Hirst|David Hockney|Gerhard Richter|Jeff Koons|Roy Lichtenstein|Andy Warhol|Salvador"
    r" Dal[ií]|(?:Pablo )?Picasso|Frida Kahlo|H\. ?R\. Giger"
)
"""Living or protected: people, studios and brands whose style is often asked for."""

NUMBERS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10},
    **{"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60},
}
