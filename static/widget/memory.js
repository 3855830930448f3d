// What is kept on the customer's device: the conversation, as the server sent it back, and so without what it masked.
// What was typed and not sent stays in the page alone: nobody has looked at it for card numbers yet.

/** How long a silent conversation is kept, as on the server. */
const KEPT_MS = 24 * 3600 * 1000;
const MOST_TURNS = 60;

/** Returns what `action` returns, or nothing where it throws. */
function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** Returns a storage, or nothing: in some web views asking for it throws, in others it is missing. */
const storage = (kind) => attempt(() => window[kind]);

/** Returns what is kept under a key, if it is whole and not too old. */
function recall(key) {
  const kept = attempt(() => JSON.parse(storage("localStorage").getItem(key)));
  const isGood = kept && Date.now() - kept.at < KEPT_MS && Array.isArray(kept.turns);
  return isGood ? kept : { id: "", turns: [] };
}

/** Keeps a conversation; one without turns is removed. Where that fails, it lives as long as the page. */
function remember(key, { id, turns }) {
  attempt(() => {
    if (turns.length) {
      storage("localStorage").setItem(key, JSON.stringify({ id, turns: turns.slice(-MOST_TURNS), at: Date.now() }));
    } else {
      storage("localStorage").removeItem(key);
    }
  });
}

/** Returns whom a token is about; the server alone can tell whether it is true. */
function subject(token) {
  const claims = attempt(() => JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))));
  return (claims && claims.sub) || "";
}
