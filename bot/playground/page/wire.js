// The playground's own API: requests, and the stream of changes.

async function answered(response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.description ?? response.statusText);
  return body;
}

export const get = async (path) => answered(await fetch(path));

export const post = async (path, body) => answered(await fetch(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
}));

export function follow(version, change, online) {
  const stream = new EventSource(`/api/events?since=${version}`);
  stream.onmessage = (event) => change(JSON.parse(event.data));
  stream.onopen = () => online(true);
  stream.onerror = () => online(false);
  return stream;
}
