// Forms with data-passkey: "create" makes a passkey, "get" shows one. What the browser is asked
// stands in data-options, or is fetched from where the form leads. Needs webauthn-json.js.
(() => {
  "use strict";

  // the texts stand at the place where they are said, in the page's language
  const placeOf = (form) => form.querySelector("[data-passkey-says]");

  const say = (form, text) => {
    const place = placeOf(form);
    place.textContent = text;
    place.hidden = !text;
  };

  const asked = async (form) => {
    if (form.dataset.options) {
      return JSON.parse(form.dataset.options);
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      throw new Error(`the server answered ${answer.status}`);
    }
    return (await answer.json()).request_options;
  };

  const answered = async (form) => {
    const options = await asked(form);
    return form.dataset.passkey === "create"
      ? await window.webauthnJSON.create(options)
      : await window.webauthnJSON.get(options);
  };

  const send = async (event) => {
    const form = event.currentTarget;
    event.preventDefault();
    if (!window.PublicKeyCredential) {
      say(form, placeOf(form).dataset.none);
      return;
    }
    say(form, "");
    try {
      form.elements.credential.value = JSON.stringify(await answered(form));
    } catch {
      say(form, placeOf(form).dataset.failed);
      return;
    }
    form.submit();
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", send);
  }
})();
