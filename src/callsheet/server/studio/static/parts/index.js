/** The parts that pages are made of. */
export { Button } from "./Button.js";
export { Credits } from "./Credits.js";
export { Dialog } from "./Dialog.js";
export { Empty } from "./Empty.js";
export { ErrorBox } from "./ErrorBox.js";
export { Field } from "./Field.js";
export { Icon } from "./Icon.js";
export { Player } from "./Player.js";
export { Select } from "./Select.js";
export { Spinner } from "./Spinner.js";
export { StateBadge } from "./StateBadge.js";
export { toast } from "./toast.js";
export { VirtualList } from "./VirtualList.js";
