// The launcher and the panel of one element. Everything below the launcher is made when it is opened first.
//
// One closure holds what the parts of a panel share: local names are made short in the file, properties are not.

function mount(host, root) {
  const option = (name) => host.getAttribute(name) || "";
  const isTouch = () => matchMedia("(pointer: coarse)").matches;
  const isPhone = () => matchMedia("(max-width: 520px), (max-height: 480px)").matches;
  const emit = (name, detail) =>
    host.dispatchEvent(new CustomEvent(`zhida:${name}`, { detail, bubbles: true, composed: true }));

  let locale, basics, site, words, loading, loadedFor;
  let identity = "";
  let talk;
  let busy = false;
  // Sends a vote that waits for its comment.
  let owed;
  let launcher, panel, main, scroller, log, quick, field, send, status, menu, menuButton, sheet;
  let setRules;
  let cameFrom;

  // The conversation on this device. Each customer who signs in has one of their own.
  const key = () => `zhida:${SERVER}:${subject(identity)}`;
  const keep = () => remember(key(), talk);

  function chooseLocale() {
    const wanted = [option("locale"), document.documentElement.lang, ...(navigator.languages || []), SITE.locales[0]];
    const language = (tag) => tag.toLowerCase().split("-")[0];
    const find = (tag) =>
      SITE.locales.find((have) => have.toLowerCase() === tag.toLowerCase()) ||
      SITE.locales.find((have) => language(have) === language(tag));
    locale = wanted.map(find).find(Boolean);
    basics = SITE.words[language(locale)] || SITE.words.en;
  }

  /** Fetches, once for each page, what the panel says; offline it is what the page before got. */
  function load() {
    // Neither the query nor an anchor: they may say what is nobody's business. Some apps keep their paths in the hash.
    const page = location.origin + location.pathname + (location.hash.startsWith("#/") ? location.hash : "");
    const kept = `zhida:words:${SERVER}:${locale}`;
    if (loadedFor !== page + locale) {
      loading = null;
      loadedFor = page + locale;
    }
    loading =
      loading ||
      call("GET", `/api/v1/widget?${new URLSearchParams({ locale, page })}`, "")
        .then((given) => {
          attempt(() => storage("localStorage").setItem(kept, JSON.stringify(given)));
          return given;
        })
        .catch((trouble) => {
          loading = null;
          const given = attempt(() => JSON.parse(storage("localStorage").getItem(kept)));
          if (!given) {
            throw trouble;
          }
          return given;
        })
        .then((given) => {
          site = given;
          words = { ...basics, ...given.words };
        });
    return loading;
  }

  function rules() {
    const view = window.visualViewport;
    // A keyboard makes the view smaller without moving what is fixed to the page.
    const fit = view && view.scale === 1 ? `:host{--height:${view.height}px;--top:${view.offsetTop}px}` : "";
    setRules(accentRule(option("accent") || SITE.accent) + fit);
  }

  const button = (className, click, ...children) => h(`button${className}`, { type: "button", click }, ...children);
  const safetyNotice = () => site.notice && h("p.notice", icon("shield"), h("span", site.notice));

  // ---- turns ----

  function say(who, className, ...children) {
    const bubble = h("div.bubble", ...children);
    const turn = h(`div.turn.${className}`, h("span.unseen", who), bubble);
    log.append(turn);
    return turn;
  }

  const customer = (text) => say(words.you, "customer", text);
  const note = (text) => log.append(h("p.note", text));

  function reveal(turn) {
    // Within the panel: scrollIntoView would move the host page too.
    scroller.scrollTop = turn.offsetTop - 12;
  }

  function link(anchor, url) {
    const article = url.origin === SERVER && /^\/[^/]+\/articles\/([^/]+\/[^/]+)$/.exec(url.pathname);
    if (article) {
      anchor.addEventListener("click", (event) => {
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
          event.preventDefault();
          openArticle(article[1], url);
        }
      });
    }
    anchor.target = "_blank";
    anchor.rel = "noopener";
  }

  /** Makes a list of links as cards, under a label; nothing where no link is left. */
  function cards(label, lang, links) {
    const items = links.map(([title, written]) => {
      const url = address(written);
      const card = url && h("a.card", { href: url.href }, h("span", { lang }, title), icon("chevron"));
      return card && (link(card, url), h("li", card));
    });
    return items.some(Boolean) && h("div.cards", h("p", label), h("ul", ...items));
  }

  function sourceCards({ kind, sources, quick_replies: replies }, lang) {
    const label = { clarify: words.whichOne, fallback: words.nearMisses }[kind] || words.readMore;
    // What a question back offers stands below it as quick replies already.
    const isOffered = (source) => kind === "clarify" && replies.some((reply) => reply.label === source.title);
    const links = sources.filter((source) => !isOffered(source)).map((source) => [source.title, source.url]);
    return cards(label, lang, links);
  }

  function personButton(label) {
    return button(".button", openHandoff, icon("person"), label || words.handoff);
  }

  function rating(turn) {
    const box = h("div.rating", { role: "group", "aria-label": words.helpful });
    const tell = (text) => box.replaceChildren(h("p", { role: "status" }, text));
    const rate = async (helpful, comment) => {
      owed = null;
      tell(words.thanks);
      const [source] = turn.reply.sources;
      const about = { conversation_id: talk.id, article_id: source && source.id, locale: turn.locale };
      try {
        await call("POST", "/api/v1/feedback", identity, { ...about, helpful, comment: comment || undefined });
        turn.rated = true;
        keep();
      } catch (trouble) {
        tell(sentence(trouble));
      }
    };
    const askWhy = () => {
      const input = h("textarea", { rows: 2, maxlength: 1000 });
      const submit = (event) => {
        event.preventDefault();
        rest();
        rate(false, input.value.trim());
      };
      // The vote counts without a comment too, when the customer goes on.
      owed = () => rate(false, input.value.trim());
      box.replaceChildren(
        h(
          "form",
          { submit },
          h("label", words.whatMissing, input),
          h("div.row", h("button.button.plain", words.submit), personButton()),
        ),
      );
      scroller.scrollTop += Math.max(0, box.getBoundingClientRect().bottom + 16 - scroller.getBoundingClientRect().bottom);
      input.focus({ preventScroll: true });
    };
    box.append(
      h("span", words.helpful),
      button(".chip", () => (rest(), rate(true)), words.yes),
      button(".chip", askWhy, words.no),
    );
    return box;
  }

  /** Says what is wrong right now for everybody, once. */
  function showIncident(incident, lang) {
    const isSaid = (text) => [...log.querySelectorAll(".incident .text")].some((said) => said.textContent === text);
    if (incident && !isSaid(incident.text)) {
      const url = incident.url && address(incident.url);
      const more = url && h("a", { href: url.href }, words.details);
      if (more) {
        link(more, url);
      }
      say(
        words.assistant,
        "bot.incident",
        h("p.flag", icon("notice"), words.incident),
        h("p.text", { lang }, incident.text),
        more && h("p", more),
      );
    }
  }

  const offersPerson = (reply) => /^(safety|handoff|fallback)$/.test(reply.kind);

  function answer(turn) {
    const { reply } = turn;
    showIncident(turn.notice, turn.locale);
    const flag = {
      safety: ["shield", words.urgent],
      handoff: ["person", words.handoff],
      step: ["steps", words.step],
    }[reply.kind];
    say(
      words.assistant,
      `bot.${reply.kind}`,
      flag && h("p.flag", icon(flag[0]), flag[1]),
      // The answer may be in another language than the panel around it.
      h("div.text", { lang: turn.locale }, markup(reply.html, link)),
      sourceCards(reply, turn.locale),
      offersPerson(reply) && personButton(reply.kind === "handoff" && words.handOver),
      reply.kind === "answer" && !turn.rated && rating(turn),
    );
  }

  const offerAfter = (reply) =>
    // Where a button for it stands in the answer, one that says the same in words would be one more tap.
    offer("", reply.quick_replies.filter((quick) => quick.message !== words.askPerson || !offersPerson(reply)));

  function offer(label, replies) {
    const buttons = replies.map((reply) => button(".chip", () => (rest(), post(reply.message)), reply.label));
    quick.replaceChildren(...(label && buttons.length ? [h("p", label)] : []), ...buttons);
  }

  function showAll() {
    log.replaceChildren();
    quick.replaceChildren();
    say(words.assistant, "bot", h("p", words.greeting));
    showIncident(site.incident, locale);
    let last;
    talk.turns.forEach((turn) => {
      if (turn.ticket) {
        say(words.assistant, "bot.ticket", h("p.flag", icon("person"), words.ticket.replace("{}", turn.ticket)));
      } else {
        last = customer(turn.said);
        answer(turn);
      }
    });
    const latest = talk.turns[talk.turns.length - 1];
    if (!latest) {
      offer(words.starters, site.suggestions);
    } else if (latest.reply) {
      offerAfter(latest.reply);
    }
    if (last) {
      reveal(last);
    }
  }

  // ---- asking ----

  function wait(text) {
    busy = Boolean(text);
    send.disabled = busy;
    status.textContent = text;
    const dots = log.querySelector(".waiting");
    if (busy && !dots) {
      const made = say("", "bot.waiting", h("i"), h("i"), h("i"));
      made.setAttribute("aria-hidden", "true");
    } else if (!busy && dots) {
      dots.remove();
    }
  }

  const settle = () => owed && owed();
  const sentence = (trouble) => (words[trouble.why] || words.failed).replace("{}", trouble.seconds);

  async function post(message) {
    if (busy) {
      return;
    }
    const mine = customer(message);
    await deliver(message, mine);
  }

  async function deliver(message, mine) {
    settle();
    quick.replaceChildren();
    wait(words.waiting);
    reveal(mine);
    emit("message", { conversationId: talk.id });
    const asked = talk;
    try {
      const said = await call("POST", "/api/v1/chat", identity, { message, conversation_id: talk.id || undefined, locale });
      if (asked !== talk) {
        return;
      }
      wait("");
      const turn = { said: said.message, notice: said.notice, reply: said.reply, locale: said.locale };
      talk.id = said.conversation_id;
      talk.turns.push(turn);
      keep();
      if (mine.isConnected) {
        // Card numbers, codes and passwords do not stay on the screen.
        mine.lastChild.textContent = said.message;
        answer(turn);
        offerAfter(said.reply);
        reveal(mine);
      } else {
        showAll();
      }
      if (panel.hidden) {
        launcher.classList.add("unread");
        launcher.setAttribute("aria-label", words.unread);
      }
      const { kind, sources } = said.reply;
      emit("reply", { conversationId: talk.id, kind, sources: sources.map((s) => s.id), by: said.match.by });
    } catch (trouble) {
      if (asked === talk) {
        wait("");
        failed(message, mine, trouble);
      }
      emit("error", { status: trouble.status || 0, reason: trouble.why });
    }
  }

  function failed(message, mine, trouble) {
    mine.classList.add("unsent");
    const label = h("span.unsent-label", words.unsent);
    mine.append(label);
    const retry = button(".button.plain", () => again(), words.retry);
    const lost = say(words.assistant, "bot.lost", h("p", sentence(trouble)), h("div.row", retry, personButton()));
    reveal(lost);
    const again = () => {
      if (!busy) {
        lost.remove();
        label.remove();
        mine.classList.remove("unsent");
        log.append(mine);
        rest();
        deliver(message, mine);
      }
    };
    Object.assign(lost, { again, message, why: trouble.why });
  }

  const lostFor = (why) => log && [...log.querySelectorAll(".lost")].find((turn) => turn.why === why);

  /** Sends again what could not be sent for a reason that is gone now. */
  function sendAgain(why) {
    const lost = lostFor(why);
    if (lost) {
      lost.again();
    }
  }

  // ---- what opens over the conversation ----

  function openSheet(title, ...children) {
    const opener = root.activeElement;
    const heading = h("h2", { tabindex: "-1" }, title);
    if (sheet) {
      sheet.element.remove();
    }
    const element = h(
      "div.sheet",
      h("div.sheet-head", iconButton("back", words.back, closeSheet), heading),
      h("div.sheet-body", { tabindex: "0", role: "group", "aria-label": title }, ...children),
    );
    sheet = { element, opener: sheet ? sheet.opener : opener };
    main.classList.add("behind");
    panel.append(element);
    heading.focus();
    return element.lastChild;
  }

  function closeSheet() {
    const { element, opener } = sheet;
    sheet = null;
    element.remove();
    main.classList.remove("behind");
    if (opener && opener.isConnected) {
      opener.focus({ preventScroll: true });
    } else {
      rest();
    }
  }

  async function openArticle(id, url) {
    const away = h("a.away", { href: url.href, target: "_blank", rel: "noopener" }, words.openPage);
    const body = openSheet(words.opening);
    const mine = sheet;
    const heading = mine.element.querySelector("h2");
    try {
      const article = await call("GET", `/api/v1/articles/${id}?${new URLSearchParams({ locale })}`, identity);
      if (sheet !== mine) {
        return;
      }
      heading.textContent = article.title;
      body.setAttribute("aria-label", article.title);
      body.append(h("article", { lang: article.locale }, markup(article.html, link)), away);
      const anchor = attempt(() => decodeURIComponent(url.hash.slice(1)));
      const section = anchor && body.querySelector(`[id="${CSS.escape(anchor)}"]`);
      if (section) {
        body.scrollTop = section.offsetTop - 12;
      }
      emit("article", { id: article.id });
    } catch (trouble) {
      if (sheet === mine) {
        heading.textContent = words.articleFailed;
        body.append(h("p", { role: "alert" }, sentence(trouble)), away);
      }
    }
  }

  async function handOver(given) {
    if (!talk.id) {
      // A ticket is about a conversation; asking for a person is how this one begins.
      const said = await call("POST", "/api/v1/chat", identity, { message: words.askPerson, locale });
      talk.id = said.conversation_id;
      talk.turns.push({ said: said.message, reply: said.reply, locale: said.locale });
    }
    try {
      const about = { conversation_id: talk.id, ...given };
      return (await call("POST", "/api/v1/handoff", identity, about)).ticket_id;
    } catch (trouble) {
      if (trouble.status !== 404) {
        throw trouble;
      }
      // The server has forgotten the conversation.
      talk.id = "";
      return handOver(given);
    }
  }

  function openHandoff() {
    const contact = h("input", { maxlength: 200, autocomplete: "off" });
    const text = h("textarea", { rows: 4, maxlength: 2000 });
    const wrong = h("p.wrong", { role: "alert" });
    const go = h("button.button", words.handOver);
    const submit = async (event) => {
      event.preventDefault();
      if (go.disabled) {
        return;
      }
      go.disabled = true;
      wrong.textContent = "";
      const mine = sheet;
      try {
        const ticket = await handOver({ contact: contact.value.trim() || undefined, note: text.value.trim() || undefined });
        talk.turns.push({ ticket });
        keep();
        showAll();
        scroller.scrollTop = scroller.scrollHeight;
        if (sheet === mine) {
          closeSheet();
        }
        emit("handoff", { conversationId: talk.id, ticketId: ticket });
      } catch (trouble) {
        wrong.textContent = sentence(trouble);
        go.disabled = false;
      }
    };
    openSheet(
      words.handoff,
      h("p", words.handoffHint),
      h(
        "form",
        { submit },
        h("label", words.contact, contact),
        h("label", words.note, text),
        safetyNotice(),
        wrong,
        go,
      ),
      cards(words.otherWays, locale, site.support.map((way) => [way.label, way.url])),
    );
  }

  function openErase() {
    setMenu(false);
    const wrong = h("p.wrong", { role: "alert" });
    const erase = async (event) => {
      event.target.disabled = true;
      try {
        if (talk.id) {
          await call("DELETE", `/api/v1/conversations/${talk.id}`, identity).catch((trouble) => {
            // What is gone already is what was asked for.
            if (trouble.status !== 404) {
              throw trouble;
            }
          });
        }
        begin();
        closeSheet();
        note(words.erased);
        emit("erase", {});
      } catch (trouble) {
        wrong.textContent = sentence(trouble);
        event.target.disabled = false;
      }
    };
    openSheet(
      words.erase,
      h("p", words.eraseHint),
      wrong,
      h("div.row",
        button(".button.danger", erase, words.eraseNow),
        button(".button.plain", closeSheet, words.cancel),
      ),
    );
  }

  // ---- the panel ----

  function iconButton(name, label, click) {
    return h("button.icon-button", { type: "button", "aria-label": label, title: label, click }, icon(name));
  }

  /** Puts the focus where one goes on, without raising the keyboard of a phone. */
  function rest() {
    (isTouch() ? panel : field).focus({ preventScroll: true });
  }

  function submit() {
    const message = field.value.trim();
    if (message && !busy) {
      field.value = "";
      grow();
      post(message);
    }
  }

  function grow() {
    field.rows = Math.min(5, field.value.split("\n").length);
  }

  function onFieldKey(event) {
    // While an input method composes, Enter picks a word. 229 is how Safari tells of the Enter that ends it.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      submit();
    }
  }

  function onKey(event) {
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
      event.stopPropagation();
      if (!menu.hidden) {
        setMenu(false);
        menuButton.focus();
      } else if (sheet) {
        closeSheet();
      } else {
        close();
      }
    } else if (event.key === "Tab") {
      const stops = [...panel.querySelectorAll("button:not(:disabled), a[href], textarea, input, [tabindex='0']")].filter(
        (stop) => stop.getClientRects().length && getComputedStyle(stop).visibility === "visible",
      );
      const last = stops[stops.length - 1];
      const at = root.activeElement;
      if (event.shiftKey ? at === stops[0] || at === panel : at === last) {
        event.preventDefault();
        (event.shiftKey ? last : stops[0]).focus();
      }
    }
  }

  function setMenu(isOpen) {
    menu.hidden = !isOpen;
    menuButton.setAttribute("aria-expanded", isOpen);
    if (isOpen) {
      menu.firstChild.focus();
    }
  }

  function buildPanel() {
    log = h("div.log", { role: "log", "aria-live": "polite", "aria-label": words.log });
    quick = h("div.quick", { role: "group", "aria-label": words.quickReplies });
    scroller = h("div.scroller", { tabindex: "0", role: "region", "aria-label": words.log }, log, quick);
    field = h("textarea", {
      rows: 1,
      maxlength: SITE.longest,
      placeholder: words.placeholder,
      "aria-label": words.label,
      enterkeyhint: "send",
      keydown: onFieldKey,
      input: grow,
    });
    send = h("button.send", { "aria-label": words.send }, icon("send"));
    status = h("p.unseen", { role: "status" });
    const onSubmit = (event) => {
      event.preventDefault();
      submit();
    };
    const composer = h("form.composer", { submit: onSubmit }, h("div.composer-row", field, send), safetyNotice());
    main = h("div.main", scroller, composer, status);
    menuButton = iconButton("more", words.more, () => setMenu(menu.hidden));
    menuButton.setAttribute("aria-expanded", false);
    menu = h(
      "div.menu",
      {
        hidden: "",
        focusout: ({ relatedTarget: next }) => !menu.contains(next) && next !== menuButton && setMenu(false),
      },
      button("", reset, words.newTalk),
      button("", openErase, words.erase),
    );
    const title = words.title.replace("{}", site.name);
    panel = h(
      "div.panel",
      { role: "dialog", "aria-label": title, lang: locale, tabindex: "-1", hidden: "", keydown: onKey },
      h(
        "div.head",
        h("div.who", h("strong", site.name), h("span", words.assistant)),
        button(".head-button", openHandoff, icon("person"), words.person),
        menuButton,
        iconButton("close", words.close, close),
        menu,
      ),
      main,
    );
    root.append(panel);
    showAll();
  }

  function buildLauncher() {
    const label = option("label") || basics.launcher;
    launcher = h(
      "button.launcher",
      { type: "button", lang: locale, "aria-haspopup": "dialog", click: open, pointerenter: prepare, focus: prepare },
      icon("chat"),
      h("span", label),
    );
    launcher.hidden = option("launcher") === "none";
    root.append(launcher);
  }

  /** Makes everything anew: another language, another customer, or another tab has gone on. */
  async function rebuild() {
    const wasOpen = panel && !panel.hidden;
    const draft = field ? field.value : "";
    const hadFocus = document.activeElement === host;
    [launcher, panel].forEach((part) => part && part.remove());
    panel = sheet = field = log = null;
    busy = false;
    buildLauncher();
    if (wasOpen) {
      await openAs(() => hadFocus && rest());
      if (field) {
        field.value = draft;
      }
    }
  }

  // By the time that a finger has come down, the words are there.
  const prepare = () => load().catch(() => {});

  /** Says in the little that is always there why nothing else is. */
  function showTrouble(trouble) {
    panel = h(
      "div.panel.bare",
      { role: "dialog", "aria-label": basics.launcher, lang: locale, tabindex: "-1" },
      h("p", { role: "alert" }, basics[trouble.why] || basics.failed),
      h("div.row",
        button(".button", () => (close(), open()), basics.retry),
        button(".button.plain", close, basics.close),
      ),
    );
    root.append(panel);
    launcher.hidden = true;
    panel.focus();
  }

  async function show() {
    if (panel) {
      const before = site;
      // Another page of the same app has other suggestions.
      prepare().then(() => log && site !== before && !talk.turns.length && !busy && showAll());
    } else {
      launcher.setAttribute("aria-busy", "true");
      await load().finally(() => launcher.removeAttribute("aria-busy"));
      // Another call may have been quicker.
      if (!panel) {
        buildPanel();
      }
    }
    panel.hidden = false;
    launcher.hidden = true;
    launcher.classList.remove("unread");
    launcher.removeAttribute("aria-label");
    panel.setAttribute("aria-modal", String(isPhone()));
    const turns = log.querySelectorAll(".customer");
    if (turns.length) {
      reveal(turns[turns.length - 1]);
    }
  }

  const markOpen = (isOpen) =>
    attempt(() => storage("sessionStorage")[isOpen ? "setItem" : "removeItem"](`zhida:open:${SERVER}`, "1"));

  async function openAs(then) {
    try {
      await show();
    } catch (trouble) {
      showTrouble(trouble);
      return;
    }
    then();
  }

  async function open() {
    if (panel && !panel.hidden) {
      return;
    }
    cameFrom = document.activeElement === host ? null : document.activeElement;
    await openAs(() => {
      rest();
      markOpen(true);
      emit("open", {});
    });
  }

  function close() {
    if (!panel || panel.hidden) {
      return;
    }
    const hadFocus = document.activeElement === host;
    settle();
    if (log) {
      panel.hidden = true;
    } else {
      panel.remove();
      panel = null;
    }
    launcher.hidden = option("launcher") === "none";
    markOpen(false);
    if (hadFocus && !launcher.hidden) {
      launcher.focus();
    } else if (hadFocus && cameFrom && cameFrom.isConnected) {
      cameFrom.focus();
    }
    emit("close", {});
  }

  /** Forgets the conversation on this device and begins another. */
  function begin() {
    settle();
    talk = { id: "", turns: [] };
    keep();
    if (log) {
      wait("");
      showAll();
    }
  }

  function reset() {
    begin();
    if (log) {
      setMenu(false);
      if (sheet) {
        closeSheet();
      }
      rest();
    }
  }

  function identify(token) {
    const leaves = subject(identity);
    if (leaves && leaves !== subject(token)) {
      // The next one at this device must not read what this one asked.
      remember(key(), { turns: [] });
    }
    const isSame = subject(token) === leaves;
    identity = token || "";
    if (isSame) {
      sendAgain("signIn");
    } else {
      // Who was nobody yet asked it themselves; what another customer could not send is not this one's.
      const lost = !leaves && lostFor("signIn");
      talk = recall(key());
      rebuild().then(() => lost && post(lost.message));
    }
  }

  function connect() {
    // Moved within the page: everything is there.
    if (talk) {
      return;
    }
    adopt(root, STYLE);
    setRules = adopt(root, "");
    chooseLocale();
    identity = option("identity");
    talk = recall(key());
    rules();
    buildLauncher();
    if (window.visualViewport) {
      ["resize", "scroll"].forEach((name) => visualViewport.addEventListener(name, rules));
    }
    addEventListener("online", () => sendAgain("offline"));
    addEventListener("pagehide", settle);
    addEventListener("storage", (event) => {
      if (event.key === key() && !busy) {
        talk = recall(key());
        rebuild();
      }
    });
    emit("ready", {});
    const wasOpen = attempt(() => storage("sessionStorage").getItem(`zhida:open:${SERVER}`));
    if (host.hasAttribute("open")) {
      open();
    } else if (wasOpen && !isPhone()) {
      // As it was on the page before, and without taking the focus from this one.
      show().catch(() => {});
    }
  }

  function change(name, now) {
    if (!talk) {
      // An element in the page's markup hears of its attributes before it is connected, and reads them then.
    } else if (name === "locale" || name === "label" || name === "launcher") {
      chooseLocale();
      rebuild();
    } else if (name === "accent") {
      rules();
    } else if (name === "identity") {
      identify(now);
    } else if (name === "open") {
      now === null ? close() : open();
    }
  }

  return {
    connect,
    change,
    open,
    close,
    toggle: () => (panel && !panel.hidden ? close() : open()),
    ask: async (message) => {
      await open();
      if (log) {
        post(String(message).slice(0, SITE.longest));
      }
    },
    identify,
    reset,
  };
}
