/** The player's own stylesheet: it comes with the first module that needs it, whatever page that is on. */
const link = document.createElement("link");
link.rel = "stylesheet";
link.href = new URL("../../styles/player.css", import.meta.url).href;
document.head.append(link);
