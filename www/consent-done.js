// Tells the setup page that the answer of a sign-in came, and the person what to do next.
const task = new URLSearchParams(location.hash.slice(1)).get("task");
if (task) {
  document.getElementById("title").textContent = "You are signed in";
  document.getElementById("text").textContent =
    "Nothing is kept yet: the administrator of the beacon sees account and tenant, and confirms. You can close this window.";
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
