// Keeps what is shown up to date: the server says in which rooms something happened, and the parts of
// this page that are about one of them are asked for anew. The server writes all of the HTML.

const parts = () => [...document.querySelectorAll('[data-live]')];
const liveSign = document.querySelector('[data-part=live]');
let wanted = false;
let asking = false;

showTimes(document);
const talk = document.querySelector('ol.talk[data-live]');
if (talk) talk.scrollTop = talk.scrollHeight;

document.addEventListener('submit', (event) => {
  const question = event.submitter?.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

if (parts().some((part) => part.dataset.rooms)) {
  const stream = new EventSource('/operator/live');
  stream.addEventListener('open', () => {
    if (liveSign) liveSign.hidden = false;
    // What happened before the stream was open, or while it was broken, nobody told.
    refresh();
  });
  stream.addEventListener('error', () => {
    if (liveSign) liveSign.hidden = true;
  });
  stream.addEventListener('rooms', (event) => {
    const rooms = new Set(JSON.parse(event.data));
    const concerned = ({ dataset }) => dataset.rooms === '*' || rooms.has(dataset.rooms);
    if (parts().some(concerned)) refresh();
  });
}

const every = Number(document.querySelector('[data-every]')?.dataset.every);
if (every > 0) setInterval(refresh, every * 1000);

function refresh() {
  wanted = true;
  if (asking) return;
  asking = true;
  askAnew()
    // The server is away: the stream comes back with it, and asks again.
    .catch(() => undefined)
    .finally(() => {
      asking = false;
    });
}

async function askAnew() {
  while (wanted) {
    wanted = false;
    const answer = await fetch(location.pathname, { redirect: 'error' });
    if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  }
}

function take(page) {
  for (const old of parts()) {
    const fresh = page.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!fresh) continue;
    showTimes(fresh);
    if (fresh.innerHTML === old.innerHTML || old.contains(document.activeElement)) continue;
    const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 40;
    old.replaceChildren(...fresh.childNodes);
    if (atEnd && old === talk) old.scrollTop = old.scrollHeight;
  }
}

function showTimes(where) {
  for (const time of where.querySelectorAll('time:not(.full)')) {
    const date = new Date(time.dateTime);
    const isToday = date.toDateString() === new Date().toDateString();
    const day = isToday ? {} : { month: 'short', day: 'numeric' };
    const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
    time.textContent = date.toLocaleString([], { ...day, ...clock });
    time.title = date.toLocaleString();
  }
}
