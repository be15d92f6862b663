// Comforts of every page: times in the reader's zone, countries by their names, and lines that are
// copied by a button. Without it times are UTC, countries are codes, and one click selects a line.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const says = document.documentElement.dataset; // the words of this page's language
  const COPIED = says.copied;
  const hour = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = { day: "numeric", month: "short" };
  const shapes = {
    moment: { ...day, year: "numeric", ...hour, timeZoneName: "short" },
    short: { ...day, ...hour },
    clock: hour,
  };

  const localise = (root) => {
    for (const time of root.querySelectorAll("time[data-show]:not([title])")) {
      const moment = new Date(time.dateTime);
      const shape = { ...shapes[time.dataset.show] };
      if (time.dataset.show === "moment" && moment.getUTCSeconds()) shape.second = "2-digit";
      const utc = { ...shape, timeZone: "UTC", timeZoneName: "short" };
      time.title = new Intl.DateTimeFormat("en-GB", utc).format(moment);
      time.textContent = new Intl.DateTimeFormat("en-GB", shape).format(moment);
    }
  };

  // countries by their names in the language of the page; without a script their codes stand there
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
  const name = (code) => (/^[A-Z]{2}$/.test(code) ? names.of(code) : code);

  const nameCountries = (root) => {
    for (const place of root.querySelectorAll("[data-country]")) {
      place.textContent = name(place.dataset.country);
    }
    for (const choice of root.querySelectorAll("select[name=country] option")) {
      if (choice.value) choice.textContent = name(choice.value);
    }
  };

  // one list of them for all fields of the page that take a code
  const offerCountries = () => {
    const fields = document.querySelectorAll("input[data-countries]");
    if (!fields.length) return;
    const list = document.createElement("datalist");
    list.id = "countries";
    for (const code of fields[0].dataset.countries.split(" ")) {
      list.append(new Option(name(code), code));
    }
    document.body.append(list);
    for (const field of fields) field.setAttribute("list", list.id);
  };

  const copy = async (button) => {
    const code = button.closest(".copyline").querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      getSelection().selectAllChildren(code); // no clipboard here: it is selected, for the keyboard
      return;
    }
    const said = button.innerHTML;
    button.textContent = COPIED;
    setTimeout(() => { button.innerHTML = said; }, 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button && button.textContent !== COPIED) copy(button);
  });
  nameCountries(document);
  offerCountries();
  // where there are more places than room, the one that is open is in sight
  document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  if (zone && zone !== "UTC") {
    localise(document);
    document.addEventListener("htmx:load", (event) => localise(event.target.parentNode ?? document));
    const foot = document.querySelector("[data-zone]");
    if (foot) foot.textContent = says.zoneSays.replace("ZONE", zone);
  }
})();
