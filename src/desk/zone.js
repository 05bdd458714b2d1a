// zone - moments in the site's time zone, as people enter and read them. Seconds since 1970.
import { language } from "./words.js";

const parts = (time, zone) => Object.fromEntries(new Intl.DateTimeFormat("en-GB", {
	timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
	hour: "2-digit", minute: "2-digit", second: "2-digit",
}).formatToParts(new Date(time * 1000)).map(({ type, value }) => [type, value]));

// How far the zone is ahead of UTC at that moment, in seconds.
function ahead(time, zone) {
	const { year, month, day, hour, minute, second } = parts(time, zone);
	return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - time;
}

// "2026-11-25T09:00", the value of an <input type=datetime-local>, in the zone.
export function toInput(time, zone) {
	const { year, month, day, hour, minute } = parts(time, zone);
	return `${year}-${month}-${day}T${hour}:${minute}`;
}

// The moment that a clock in the zone shows so. An hour that a change of the clocks leaves out
// is taken as if they had not been changed yet.
export function fromInput(text, zone) {
	const wall = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`) / 1000;
	if (!Number.isFinite(wall))
		return null;
	const guess = wall - ahead(wall, zone);
	return wall - ahead(guess, zone);
}

// RFC 3339 with the zone's offset, as in Publish-At.
export function toFile(time, zone) {
	const offset = ahead(time, zone), minutes = Math.abs(offset) / 60;
	const two = (n) => String(Math.floor(n)).padStart(2, "0");
	const local = new Date((time + offset) * 1000).toISOString().slice(0, 19);
	return `${local}${offset < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

export const fromFile = (text) => (text ? Date.parse(text) / 1000 : null);

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function show(time, zone) {
	return new Intl.DateTimeFormat(language(), {
		timeZone: zone, dateStyle: "medium", timeStyle: "short",
	}).format(new Date(time * 1000));
}

export function showDay(time, zone) {
	return new Intl.DateTimeFormat(language(), { timeZone: zone, dateStyle: "full" })
		.format(new Date(time * 1000));
}

export const today = (zone, now = Date.now() / 1000) => toInput(now, zone).slice(0, 10);

// "in 2 h 5 min" as far as a person wants to know it.
export function showSpan(seconds) {
	const unit = seconds >= 172800 ? ["day", 86400] : seconds >= 7200 ? ["hour", 3600]
		: seconds >= 120 ? ["minute", 60] : ["second", 1];
	return new Intl.RelativeTimeFormat(language(), { numeric: "always" })
		.format(Math.floor(seconds / unit[1]), unit[0]);
}
