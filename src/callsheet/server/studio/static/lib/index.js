/** What every module of the studio takes from Preact, signals and htm: one door, so that versions change in one place. */
import { h } from "./preact.js";
import htm from "./htm.js";

/** `html` is the tagged template that makes elements: html`<p class=${name}>…</p>`. */
export const html = htm.bind(h);

export { Fragment, createContext, createPortal, h, render } from "./preact.js";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "./hooks.js";
export { Signal, batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "./signals.js";
