"""The timeline in plain words: every type of event has some, and a whole story reads as one."""

import asyncio
import json
from pathlib import Path

import pytest

from callsheet.engine import EVENTS, say
from callsheet.errors import Unavailable
from callsheet.tasks import Artifact, Event, State, Update
from engine_fixtures import Vendor, a_house, settings_of


def an_event(kind: str, **data: object) -> Event:
    return Event("task_1", 1, 0, kind, data)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (an_event("created", model="vidu/viduq3-pro", door="vidu"), "Asked of vidu/viduq3-pro through the vidu door."),
        (an_event("progress", progress=0.425), "42% done."),
        (an_event("failed", code="unsure", message="Lost.", retryable=False), "Failed (unsure): Lost."),
        (
            an_event("retrying", phase="submit", attempt=2, code="x", message="429", after=1.75),
            "Could not be sent (try 2): 429. Next try in 1.75 s.",
        ),
        (an_event("webhook", attempt=1, status=204, error=None, told="delivered"), "Webhook, try 1: answered 204."),
        (
            an_event("rerouted", **{"from": "vidu/x", "to": "previz", "why": "It answered 401.", "approximations": []}),
            "vidu/x did not take it: It answered 401. Goes to previz instead.",
        ),
        (
            an_event(
                "rerouted", **{"from": "vidu/x", "to": None, "why": "401.", "passed": [{"model": "a/b", "why": "Big."}]}
            ),
            "vidu/x did not take it: 401. a/b cannot take it: Big. No further stage is left.",
        ),
        (an_event("adopted", remote="r-1", by="answer"), "It did arrive, as r-1: its answer came late."),
        (an_event("parked", why="Set the key again."), "Waits: Set the key again."),
        (an_event("something new", a=1), 'something new: {"a": 1}'),
    ],
)
def test_an_event_in_words(event: Event, said: str) -> None:
    assert say(event) == said


def test_a_whole_story_names_what_was_asked_what_it_became_and_what_it_cost(tmp_path: Path) -> None:
    async def story() -> None:
        made = Update(State.SUCCEEDED, artifacts=(Artifact(text="x"),), usage={"credits": 0}, note="cooled")
        previz = Vendor(
            submit=[Unavailable("Full."), Update(State.RUNNING, remote="r", again=0.25)], poll=[made], local=True
        )
        async with a_house(tmp_path, {"previz": previz}) as house:
            given = {"prompt": "a red door", "sparkle": True, "duration": 300}
            task = await house.submit("studio/swift", given)
            ended = await house.ended(task)
            assert [one["param"] for one in ended.usage["approximations"]] == ["sparkle", "duration"]
            timeline = await house.engine.timeline("local", task.id)
            told = "\n".join(map(say, timeline))
        for words in (
            "Asked of studio/swift.",
            "Goes to previz as previz/text-to-video",
            "sparkle true is left out",
            "duration 300 becomes 120",
            "Could not be sent (try 1): Full.",
            f"previz works on it as r-{task.id}.",
            "The stage says: cooled",
            "Kept 1 file",
            "Succeeded. It cost 0 credits.",
        ):
            assert words in told
        assert {event.type for event in timeline} <= EVENTS.keys()
        assert json.dumps(told)

    asyncio.run(story())


def test_every_type_of_event_in_the_source_is_documented() -> None:
    source = Path(settings_of.__code__.co_filename).parents[1] / "src" / "callsheet"
    text = "".join(path.read_text() for path in [*(source / "engine").glob("*.py"), *(source / "store").glob("*.*")])
    for kind in EVENTS:
        assert f'"{kind}"' in text.replace("'", '"'), f"{kind} is documented and never happens"
