"""The camera move that a prompt's own words ask for, in English and Chinese."""

from __future__ import annotations

import re

from callsheet.renderers.previz.moves import DOLLY_ZOOM, GENTLE, RACK_FOCUS, WHIP_PAN, Move, by_index

# The first that matches wins, so the particular stands before the general: "super dolly in" before "dolly in".
_ASKED: tuple[tuple[str, Move], ...] = (
    (r"dolly[- ]zoom|vertigo|希区柯克|滑动变焦", DOLLY_ZOOM),
    (r"rack[- ]focus|focus pull|pull(?:s|ing)? focus|移焦|变焦点|焦点转移", RACK_FOCUS),
    (r"whip[- ]pan|swish pan|甩镜|急摇", WHIP_PAN),
    (r"super dolly in|crash zoom|急推|猛推", by_index(13)),
    (r"super dolly out|急拉|猛拉", by_index(14)),
    (r"over[- ](?:the[- ])?shoulder|过肩", by_index(45)),
    (r"extreme close[- ]?up|大特写|极特写", by_index(30)),
    (r"macro|微距", by_index(31)),
    (r"close[- ]?up|特写|近景", by_index(29)),
    (r"fish ?eye|鱼眼", by_index(20)),
    (r"snorri ?cam|身体固定", by_index(15)),
    (r"fpv drone|racing drone|穿越机", by_index(21)),
    (r"\bfpv\b|first[- ]person|第一人称|主观视角", by_index(36)),
    (r"bird'?s[- ]?eye|top[- ]down|overhead shot|鸟瞰|俯视|俯瞰", by_index(32)),
    (r"aerial|drone shot|航拍", by_index(41)),
    (r"time[- ]?lapse landscape|风景延时", by_index(23)),
    (r"time[- ]?lapse|延时", by_index(40)),
    (r"hand[- ]?held|shaky cam|手持", by_index(35)),
    (r"car chas|追车", by_index(19)),
    (r"orbit|circl(?:e|es|ing) around|arc shot|环绕|绕着", by_index(1)),
    (r"dutch angle|canted|斜角|荷兰角", by_index(44)),
    (r"low[- ]angle|仰拍|仰视", by_index(42)),
    (r"eye[- ]level|平视", by_index(43)),
    (r"crane down|降镜", by_index(46)),
    (r"crane (?:up|shot|over)|升降", by_index(22)),
    (r"jib up|boom up|camera rises|上升镜头|镜头上升", by_index(37)),
    (r"jib down|boom down|camera descends|下降镜头|镜头下降", by_index(38)),
    (r"pan(?:s|ning)? (?:to the )?left|左摇|向左摇|向左平移", by_index(3)),
    (r"pan(?:s|ning)? (?:to the )?right|右摇|向右摇|向右平移", by_index(4)),
    (r"tilt(?:s|ing)? up(?:wards?)?|上摇|向上摇", by_index(5)),
    (r"tilt(?:s|ing)? down(?:wards?)?|下摇|向下摇", by_index(6)),
    (r"zoom(?:s|ing)? in|变焦推", by_index(26)),
    (r"zoom(?:s|ing)? out|变焦拉", by_index(27)),
    (r"dolly(?:ing)? in", by_index(24)),
    (r"dolly(?:ing)? out|dolly(?:ing)? back", by_index(25)),
    (r"push(?:es|ing)?[- ]in|推近|推进|推镜|镜头靠近", by_index(7)),
    (r"pull(?:s|ing)?[- ](?:out|back)|拉远|拉镜|镜头远离", by_index(8)),
    (r"tracking shot|truck(?:s|ing)? (?:left|right)|跟拍|跟随|横移", by_index(10)),
    (r"wide shot|establishing shot|全景|远景", by_index(28)),
    (r"full shot|全身", by_index(39)),
    (r"static (?:shot|camera)|locked[- ]off|固定镜头|静止镜头|no camera move", by_index(9)),
    (r"camera spin|barrel roll|旋转镜头|镜头旋转", by_index(2)),
)

_COMPILED = tuple((re.compile(words, re.IGNORECASE), move) for words, move in _ASKED)


def chosen(camera_move: int | None, prompt: str) -> Move:
    """The move asked for by number, else by the prompt's words, else the gentle push. ValueError for a wrong number."""
    if camera_move is not None:
        return by_index(camera_move)
    return next((move for words, move in _COMPILED if words.search(prompt)), GENTLE)
