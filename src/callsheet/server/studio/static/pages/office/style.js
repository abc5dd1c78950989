/** The stylesheet that the pages of the office share. */
const link = document.createElement("link");
link.rel = "stylesheet";
link.href = new URL("../../styles/office.css", import.meta.url).href;
document.head.append(link);
