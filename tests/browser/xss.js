// Words that would run if anything took them for markup; each sets `broken` on the page if it does.

export const XSS = [
  "<script>globalThis.broken=1</script>",
  "<img src=x onerror=globalThis.broken=1>",
  "<svg onload=globalThis.broken=1>",
  "\"><script>globalThis.broken=1</script>",
  "' onfocus=globalThis.broken=1 autofocus='",
  "javascript:globalThis.broken=1",
  "[付款](javascript:globalThis.broken=1)",
  "<iframe srcdoc='<script>parent.broken=1</script>'>",
  "<a href=\"data:text/html,<script>parent.broken=1</script>\">x</a>",
  "</textarea><script>globalThis.broken=1</script>",
  "<math><mtext><table><mglyph><style><img src=x onerror=globalThis.broken=1>",
  "{{constructor.constructor('globalThis.broken=1')()}}",
  "<zhida-chat onclick=globalThis.broken=1></zhida-chat>",
  "${globalThis.broken=1}",
];
