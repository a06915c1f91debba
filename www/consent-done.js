// Tells the setup page that the answer of a sign-in came, and the person what to do next.
const found = new URLSearchParams(location.hash.slice(1));
const task = found.get("task");

function say(title, text) {
  document.getElementById("title").textContent = title;
  document.getElementById("text").textContent = text;
}

if (location.pathname.startsWith("/consent/link/")) {
  say("This link is not good any more", "A link works once and for three days. Ask the person who sent it for a new one.");
} else if (found.has("not-possible")) {
  say(
    "The sign-in could not be started",
    "Tell the person who sent the link: the setup page's test says what is in the way. Then ask for a new link.",
  );
} else if (task && found.has("refused")) {
  say("Nothing was accepted", "The setup page tells what Microsoft answered and what can be done. You can close this window.");
} else if (task) {
  say(
    "You are signed in",
    "Nothing is kept yet: the administrator of the beacon sees account and tenant, and confirms. You can close this window.",
  );
}
if (task) {
  new BroadcastChannel("beacon-consent").postMessage({ task });
  let pending = null;
  try {
    pending = JSON.parse(sessionStorage.getItem("beacon-pending-task"));
  } catch {
    // A value that somebody else put there.
  }
  if (pending && pending.task === task) {
    // Signed in in the whole window: back to where the person came from.
    location.replace(`/connections/${pending.connection}`);
  } else {
    window.close();
  }
}
document.getElementById("back").hidden = false;
