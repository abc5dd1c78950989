/** The stylesheet that the pages of the office share. */
import { style } from "../../core/style.js";

style("office");
