// attachments - files dropped on the page: named and hashed in the header, sent to the desk.
// Until the desk has a file it is kept here, so that a broken connection loses nothing.
import { announce, busy, button, field, fill, h } from "./dom.js";
import { formatAttachment, parseAttachment, setValues, values } from "./file.js";
import { path } from "./drafts.js";
import * as local from "./local.js";
import { insertPicture } from "./marks.js";
import { sentence } from "./problems.js";
import { BYTES, hashOf } from "./server.js";
import { t } from "./words.js";

const isPicture = (name) => /\.(png|jpe?g|gif|webp|avif)$/i.test(name);
const cleanName = (name) => name.normalize("NFC").replace(/[^\p{L}\p{N}\p{M}._-]+/gu, "-").replace(/^[.-]+/, "").slice(-120);

// Addresses of pictures by their hash, for the preview.
export class Pictures {
	#known = {};

	remember(hash, blob) {
		this.#known[hash] ??= URL.createObjectURL(blob);
	}

	// Those of a file: what this browser has, else what the desk shows of its draft.
	async of(app, edition, file) {
		for (const { name, sha256 } of values(file, "Attachment").map(parseAttachment)) {
			if (this.#known[sha256] || !isPicture(name) || !edition)
				continue;
			try {
				const { bytes } = await app.server.ask("GET", `${path(...edition.split("/"))}/preview/files/${sha256}`);
				this.remember(sha256, new Blob([bytes]));
			} catch {
				// The page is shown without it.
			}
		}
		return this.#known;
	}
}

// One after the other: the desk has a thread for each that is on its way, and others want some.
let last = Promise.resolve();
function upload(app, hash, row) {
	const mine = last.then(() => uploadNow(app, hash, row));
	last = mine.catch(() => {});
	return mine;
}

async function uploadNow(app, hash, row) {
	const blob = await local.get("files", hash);
	if (!blob)
		return;
	const bar = h("progress", { max: "1", value: "0", "aria-label": t("uploading") });
	fill(row, bar);
	await app.server.ask("PUT", `/admin/files/${hash}`, {
		body: new Uint8Array(await blob.arrayBuffer()), type: BYTES,
		progress: (done, all) => (bar.value = done / all),
	});
	await local.remove("files", hash);
	fill(row, t("uploaded"));
	announce(t("uploaded"));
}

// `changed` is called when the header has changed; `area` is the text's.
export function attachmentsSection(app, editor, area, changed) {
	const rows = h("ul.files"), tell = h("p.problem", { role: "alert", hidden: true });
	const input = h("input", { type: "file", multiple: true });
	const complain = (problem) => {
		tell.hidden = false;
		tell.textContent = sentence(problem);
	};
	const all = () => values(editor.file, "Attachment").map(parseAttachment);
	const set = (list) => {
		setValues(editor.file, "Attachment", list.map(formatAttachment));
		changed();
	};

	function send(hash, state) {
		upload(app, hash, state).then(() => editor.later("save", 0)).catch((problem) => {
			fill(state, sentence(problem), " ", button(t("again"), () => send(hash, state), "small"));
		});
	}

	function picture(one) {
		const alt = h("input", { required: true, maxlength: "300", value: one.title });
		const put = h("button", { type: "submit" }, t("picture-insert"));
		const form = h("form.inline", {}, field(t("picture-alt"), alt, t("picture-alt-help")), put);
		form.addEventListener("submit", busy(form, async () => {
			insertPicture(area, one.name, alt.value.trim());
		}, complain));
		return form;
	}

	function row(one, i) {
		const state = h("span.upload");
		const title = h("input", { value: one.title, maxlength: "200" });
		title.addEventListener("input", () => {
			const list = all();
			list[i].title = title.value;
			set(list);
		});
		send(one.sha256, state);
		return h("li", h("p", h("bdi", one.name), " ", state), h("code.hash", one.sha256),
			field(t("attachment-title"), title), isPicture(one.name) ? picture(one) : null,
			button(t("attachment-remove", one.name), () => {
				set(all().filter((other, k) => k !== i));
				list();
			}, "danger small"));
	}
	const list = () => fill(rows, all().map(row));

	async function add(files) {
		for (const file of files) {
			if (file.size > app.server.site.attachment_max) {
				complain({ code: "too-large", detail: file.name });
				continue;
			}
			const hash = await hashOf(new Uint8Array(await file.arrayBuffer()));
			const name = cleanName(file.name);
			await local.put("files", hash, file);
			app.pictureStore.remember(hash, file);
			set([...all().filter((one) => one.name !== name), { name, sha256: hash, title: "", language: "" }]);
		}
		list();
	}
	input.addEventListener("change", () => add(input.files).then(() => (input.value = "")).catch(complain));
	const zone = h("div.drop", {
		ondragover: (event) => event.preventDefault(),
		ondrop: (event) => {
			event.preventDefault();
			add(event.dataTransfer.files).catch(complain);
		},
	}, field(t("attach"), input, t("attach-help")));
	list();
	return { section: h("section", h("h2", t("attachments")), rows, zone, tell), list };
}
