// Asking the server. Cookies are never sent: an identity is the token that the host page hands over, or none.

const TIMEOUT_MS = 20000;

/** Says in `why` what to tell the customer: the name of a sentence. */
class Trouble extends Error {
  constructor(why, status, seconds) {
    super(why);
    Object.assign(this, { why, status, seconds });
  }
}

/** Sends a request and returns what was answered, parsed; throws a `Trouble`. */
async function call(method, path, identity, body) {
  const headers = {};
  if (body) {
    headers["Content-Type"] = "application/json";
  }
  if (identity) {
    headers.Authorization = `Bearer ${identity}`;
  }
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(SERVER + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      // A vote may be sent while the page goes away.
      keepalive: path.endsWith("/feedback"),
      signal: stop.signal,
    });
    const { status } = response;
    if (response.ok) {
      const text = await response.text();
      return text ? JSON.parse(text) : null;
    }
    const why = status === 429 ? "slowDown" : status === 401 ? "signIn" : status < 500 ? "refused" : "down";
    throw new Trouble(why, status, Number(response.headers.get("Retry-After")) || 30);
  } catch (cause) {
    if (cause instanceof Trouble) {
      throw cause;
    }
    if (navigator.onLine && SERVER !== location.origin && !call.warned) {
      call.warned = true;
      console.warn(`zhida: no answer from ${SERVER}. If it is up, ${location.origin} may be missing in its widget_origins.`);
    }
    throw new Trouble(navigator.onLine === false ? "offline" : "failed", 0);
  } finally {
    clearTimeout(timer);
  }
}
