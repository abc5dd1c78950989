"""The camera moves by index and name, and the path each takes through a clip."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callsheet.renderers.previz import moves_rides as rides
from callsheet.renderers.previz import moves_rigs as rigs
from callsheet.renderers.previz import moves_shots as shots
from callsheet.renderers.previz.pose import Pose
from callsheet.renderers.previz.take import Take

Path = Callable[[float, Take], Pose]
"""Where the camera is at a time 0..1 of a take."""


@dataclass(frozen=True, slots=True)
class Move:
    """One camera move. `index` is the number it is asked by, None for those that only a prompt's words can ask for.

    `loose` is how much takes differ in their path (0: not at all); `breathing` zooms in only while the move needs it;
    `close` is a move that ends near a thing, so that it must be known where that is.
    """

    index: int | None
    name: str
    path: Path
    loose: float = 1.0
    breathing: bool = False
    close: bool = False


GENTLE = Move(None, "gentle push", rigs.gentle)
DOLLY_ZOOM = Move(None, "dolly zoom", rigs.dolly_zoom)
RACK_FOCUS = Move(None, "rack focus", shots.rack_focus, loose=0.4)
WHIP_PAN = Move(None, "whip pan", rigs.whip_pan)

MOVES: tuple[Move, ...] = (
    Move(1, "orbit", rigs.orbit),
    Move(2, "spin", rigs.spin, breathing=True),
    Move(3, "pan left", rigs.pan_left),
    Move(4, "pan right", rigs.pan_right),
    Move(5, "tilt up", rigs.tilt_up),
    Move(6, "tilt down", rigs.tilt_down),
    Move(7, "push in", rigs.push_in),
    Move(8, "pull out", rigs.pull_out),
    Move(9, "static", rigs.static, loose=0.0),
    Move(10, "tracking", rigs.tracking),
    Move(11, "others", rides.others),
    Move(12, "object pov", rides.object_pov),
    Move(13, "super dolly in", rigs.super_dolly_in, close=True),
    Move(14, "super dolly out", rigs.super_dolly_out),
    Move(15, "snorricam", rides.snorricam),
    Move(16, "head tracking", rides.head_tracking),
    Move(17, "car grip", rides.car_grip),
    Move(18, "screen transition", shots.screen_transition, loose=0.5, breathing=True),
    Move(19, "car chasing", rides.car_chasing),
    Move(20, "fisheye", shots.fisheye, breathing=True),
    Move(21, "FPV drone", rides.fpv_drone),
    Move(22, "crane over the head", rigs.crane_over_the_head),
    Move(23, "timelapse landscape", shots.timelapse_landscape, loose=0.3),
    Move(24, "dolly in", rigs.dolly_in),
    Move(25, "dolly out", rigs.dolly_out),
    Move(26, "zoom in", rigs.zoom_in),
    Move(27, "zoom out", rigs.zoom_out),
    Move(28, "full shot", shots.full_shot_wide),
    Move(29, "close-up shot", shots.close_up, close=True),
    Move(30, "extreme close-up", shots.extreme_close_up, close=True),
    Move(31, "Macro shot", shots.macro, close=True),
    Move(32, "bird's-eye view", shots.birds_eye, breathing=True),
    Move(33, "rule of thirds", shots.rule_of_thirds),
    Move(34, "symmetrical composition", shots.symmetrical, loose=0.3),
    Move(35, "handheld", rides.handheld),
    Move(36, "FPV shot", rides.fpv_shot),
    Move(37, "jib up", rigs.jib_up),
    Move(38, "jib down", rigs.jib_down),
    Move(39, "full shot", shots.full_shot_figure),
    Move(40, "Time lapse shot", shots.time_lapse_shot, loose=0.0),
    Move(41, "aerial shot", rides.aerial),
    Move(42, "low angle shot", shots.low_angle, breathing=True),
    Move(43, "Eye-level shot", shots.eye_level),
    Move(44, "diagonal composition", shots.diagonal),
    Move(45, "over shoulder shot", shots.over_shoulder),
    Move(46, "crane down", rigs.crane_down),
)
"""The 46 moves that Tomoviee's `camera_move_index` names, in its order and words."""


def by_index(index: int) -> Move:
    """The move of that number, 1..46. Raises ValueError for others."""
    if not 1 <= index <= len(MOVES):
        raise ValueError(f"camera_move {index} is not one of 1..{len(MOVES)}.")
    return MOVES[index - 1]


def poses(move: Move, take: Take, frames: int) -> Sequence[Pose]:
    """The camera's pose for every frame: the move's own path, bent a little as this take's dice say."""
    return [_loosened(move, take, index / max(frames - 1, 1)) for index in range(frames)]


def _loosened(move: Move, take: Take, t: float) -> Pose:
    lag, across, down, aside, below = take.dice[10:15]
    arch = math.sin(math.pi * t) ** 2
    pose = move.path(min(max(t + 0.05 * move.loose * lag * arch, 0.0), 1.0), take)
    if not move.loose:
        return pose
    return pose.moved(
        shift_x=move.loose * (0.015 * aside + 0.022 * across * arch),
        shift_y=move.loose * (0.012 * below + 0.018 * down * arch),
    )
