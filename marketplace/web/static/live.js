// Keeps the live part of a page as things stand: looks again when the server says that something
// changed, and now and then by itself. The server's word carries nothing; the look is asked for
// and allowed like any page.
"use strict";
(() => {
  const OFTEN = 15_000, SELDOM = 60_000;
  // on a page without a live part of its own the bell is that part; else it is looked at seldom
  const bell = document.querySelector("[data-live-bell]");
  const part = document.querySelector("[data-live]") || bell;
  if (!part) return;
  const said = document.querySelector("[data-live-said]");
  const says = document.querySelector("[data-listens]").dataset; // in the page's language
  let source = null, timer = 0, over = false, refused = 0, silent = null, last = "", told = "";

  const listens = () => source !== null && source.readyState === EventSource.OPEN;
  const look = () => { if (!over) htmx.trigger(part, "changed"); };

  const plan = () => {
    clearTimeout(timer);
    if (over || document.hidden) return;
    const soon = listens() || part === bell ? SELDOM : OFTEN;
    timer = setTimeout(() => {
      look();
      if (bell && bell !== part) htmx.trigger(bell, "changed");
      open();
      plan();
    }, soon);
  };

  const mark = () => {
    const word = document.querySelector("[data-live-mark]");
    if (!word) return;
    const since = silent && silent.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    word.dataset.liveMark = silent ? "silent" : listens() ? "live" : "polls";
    word.textContent = silent ? says.silent.replace("TIME", since)
      : listens() ? says.listens : says.polls.replace("SECONDS", OFTEN / 1000);
  };

  const shut = () => {
    if (source) source.close();
    source = null;
    clearTimeout(timer);
  };

  // a browser has few connections to one host: a page nobody sees keeps none
  const open = () => {
    if (source || over || document.hidden || Date.now() - refused < SELDOM) return;
    source = new EventSource(part.dataset.live || part.dataset.liveBell);
    source.addEventListener("changed", look);
    source.onopen = () => { mark(); plan(); };
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) {
        refused = Date.now(); // too many are open, or there are none: looked at often, asked seldom
        source = null;
      }
      mark();
      plan();
    };
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return shut();
    look();
    open();
    plan();
  });
  window.addEventListener("pagehide", shut);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { look(); open(); plan(); } });

  part.addEventListener("htmx:beforeSwap", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status === 200 && responseText === last) event.detail.shouldSwap = false;
    if (status === 200) last = responseText;
    silent = null;
  });
  part.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    // the page says why; but for the bell no page is thrown away
    if (part !== bell && [401, 403, 404].includes(status)) return location.reload();
    if (status === 0 || status >= 500) silent ??= new Date();
    mark();
    const news = part.querySelector("[data-live-says]");
    if (news && said && news.textContent !== told) {
      if (told) said.textContent = news.textContent; // read aloud, but not at the first look
      told = news.textContent;
    }
    if (part.querySelector("[data-live-over]")) { over = true; shut(); }
  });

  if (bell) {
    bell.addEventListener("htmx:beforeSwap", (event) => { // led to another page: no number
      const path = new URL(event.detail.xhr.responseURL).pathname;
      if (path !== bell.getAttribute("hx-get")) event.detail.shouldSwap = false;
    });
  }

  mark();
  open();
  plan();
})();
