"""Moves a picture's colours: to those of another picture, or to a few named ones, its drawing kept."""

from __future__ import annotations

import numpy as np

from callsheet.renderers.previz.painter.palette import hex_
from callsheet.renderers.previz.picture.planes import Plane, Rgb, from_lab, lab


def transferred(rgb: Rgb, like: Rgb, share: float = 1.0, light: float = 0.5) -> Rgb:
    """The picture in the other's colours: mean and covariance of its Lab become the other's, by `share`.

    The linear Monge-Kantorovitch map (Pitié and Kokaram, 2007): of all linear maps that do so it moves colours least.
    `light` says how far brightness goes along.
    """
    own, other = lab(rgb), lab(like)
    source, target = own.reshape(-1, 3).astype(np.float64), other.reshape(-1, 3).astype(np.float64)
    mean, goal = source.mean(axis=0), target.mean(axis=0)
    change = _between(np.cov(source.T) + np.eye(3) * 2.0, np.cov(target.T) + np.eye(3) * 2.0)
    moved = ((own - mean) @ change.T + goal).astype(np.float32)
    weights = np.array([share * light, share, share], np.float32)
    return from_lab((own * (1 - weights) + moved * weights).astype(np.float32))


def _between(a: Plane, b: Plane) -> Plane:
    root = _root(a)
    back = np.linalg.inv(root)
    return back @ _root(root @ b @ root) @ back


def _root(matrix: Plane) -> Plane:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 1e-9))) @ vectors.T


def tinted(rgb: Rgb, codes: tuple[str, ...], share: float = 0.75) -> Rgb:
    """The picture in these colours (`#rrggbb`), from its darks to its lights, each place as bright as it was."""
    planes = lab(rgb)
    wanted = lab(np.array([[hex_(code) for code in codes]]).astype(np.uint8))[0]
    wanted = wanted[np.argsort(wanted[:, 0])]
    places = np.concatenate([[0.0], np.linspace(26, 78, len(wanted)), [100.0]])
    ends = np.concatenate([wanted[:1, 1:] * 0.35, wanted[:, 1:], wanted[-1:, 1:] * 0.10])
    toned = np.stack([np.interp(planes[..., 0], places, ends[:, k]) for k in range(2)], axis=2)
    own = planes[..., 1:] - planes[..., 1:].mean(axis=(0, 1))
    planes[..., 1:] = planes[..., 1:] * (1 - share) + (toned + 0.25 * own) * share
    return from_lab(planes.astype(np.float32))


def warmed(rgb: Rgb, warmth: float, exposure: float = 1.0) -> Rgb:
    """Warmer (above 0) or cooler by that many Lab units, and brighter by a factor."""
    planes = lab(rgb)
    planes += np.array([0, 0.35 * warmth, warmth], np.float32)
    planes[..., 0] *= np.float32(exposure)
    return from_lab(planes)
