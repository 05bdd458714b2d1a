// problems - what a refusal means to an editor, and what there is to do.
import { t } from "./words.js";

const KNOWN = ["offline", "key-unknown", "role-missing", "signature-expired", "signature-not-yet-valid",
	"signature-replayed", "stale-previous", "keys-changed", "too-large", "file-missing",
	"precondition-failed", "precondition-required", "draft-over", "clocks-apart", "site-other",
	"withdrawn", "log-stopped", "too-many-requests", "busy"];

export function sentence(problem) {
	const code = problem.code ?? "";
	const what = KNOWN.includes(code) ? t(`problem-${code}`) : t("problem-other");
	const detail = problem.detail || (KNOWN.includes(code) ? "" : problem.message);
	const said = detail ? `${what} (${detail})` : what;
	// What is wrong on that side stands in the server's log, by this name.
	return problem.status >= 500 && problem.request ? `${said} ${t("problem-request", problem.request)}` : said;
}
