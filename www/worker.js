// Starts the worker that holds the connector module; what it does is in web/runner.
import init from "/runner.js";

// Orders may come before the program is there: they wait.
const early = [];
self.onmessage = (message) => early.push(message);

function refuse(error) {
  self.onmessage = ({ data: { id } }) => {
    if (id !== undefined) self.postMessage({ id, failed: `The worker did not start: ${error}` });
  };
}

await init({ module_or_path: "/runner_bg.wasm" }).catch(refuse);
early.forEach((message) => self.onmessage(message));
