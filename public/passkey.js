// Passkeys: a form with data-passkey="create" or "get" asks the browser for one, with the options of the server in
// data-options, and sends what it answers in its field "response".
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const say = (text) => {
    let note = form.querySelector("[role=alert]");
    if (!note) {
      note = document.createElement("p");
      note.setAttribute("role", "alert");
      note.className = "text-error";
      form.append(note);
    }
    note.textContent = text;
  };
  form.addEventListener("submit", async (event) => {
    const response = form.elements.namedItem("response");
    if (response.value) return;
    event.preventDefault();
    const kind = form.dataset.passkey;
    const read = kind === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
    if (!window.PublicKeyCredential?.[read]) {
      say("This browser does not know passkeys well enough. Use another browser, or another second step.");
      return;
    }
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[kind]({ publicKey });
      response.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      say(error.name === "InvalidStateError" ? "This device has a passkey for your account already." : "No passkey was used. Try again when you are ready.");
    }
  });
}
