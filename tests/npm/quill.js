// A stock Quill 2 page with y-quill and y-websocket, as their manuals show them, over one section of a meeting. Bundled by the tests.
import Quill from "quill";
import { QuillBinding } from "y-quill";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

window.startQuill = (document, item, section) => {
  const host = window.document.body.appendChild(window.document.createElement("div"));
  const quill = new Quill(host, { modules: { toolbar: false, table: true, history: { userOnly: true } } });
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://${location.host}/sync`, document, doc, { disableBc: true });
  const start = () => {
    const text = doc.getMap("items").get(item).get("sections").get(section).get("body");
    window.quill = { quill, text, binding: new QuillBinding(text, quill, provider.awareness) };
  };
  provider.once("sync", start);
};
