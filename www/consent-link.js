// Goes on only when a person presses the button: what merely opens the address, as scanners of mail do, uses nothing up.
const button = document.getElementById("continue");
const text = document.getElementById("text");

button.addEventListener("click", async () => {
  button.disabled = true;
  text.textContent = "One moment …";
  let response;
  try {
    response = await fetch(location.pathname, { method: "POST" });
  } catch {
    text.textContent = "The beacon does not answer. Check that you can reach it, then try again.";
    button.disabled = false;
    return;
  }
  if (response.ok) {
    location.assign((await response.json()).address);
  } else if (response.status === 404) {
    // Used meanwhile: the address itself says so.
    location.reload();
  } else if (response.status === 409) {
    text.textContent =
      "Somebody has signed in for this already, and it is being looked at. There is nothing to do now; this link stays good.";
    button.disabled = false;
  } else if (response.headers.has("retry-after")) {
    text.textContent = "Many people are signing in just now. Try again in a minute: this link stays good.";
    button.disabled = false;
  } else {
    location.replace("/consent-done.html#not-possible");
  }
});
