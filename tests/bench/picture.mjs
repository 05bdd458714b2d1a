// picture - the ratios as bars: a group for each page and crowd, the static file being 1.
const WAYS = [["ours", "communique", "#1f5fa8"], ["cached", "with nginx's cache", "#7aa6d6"], ["trivial", "libfcgi, trivial", "#b0b0b0"]];
const BAR = 14, GROUP = 3 * BAR + 14, LEFT = 130, WIDTH = 760, SCALE = 520;

export function picture(all) {
	const height = 60 + all.length * GROUP + 30, parts = [];
	const text = (x, y, words, more = "") => parts.push(`<text x="${x}" y="${y}" ${more}>${words}</text>`);
	text(10, 22, "Answers a second, to nginx serving the same bytes as a static file", "font-weight=\"bold\"");
	WAYS.forEach(([, name, colour], i) => {
		parts.push(`<rect x="${LEFT + i * 170}" y="32" width="12" height="12" fill="${colour}"/>`);
		text(LEFT + 18 + i * 170, 42, name);
	});
	for (const at of [0, 0.25, 0.5, 0.75, 1]) {
		const x = LEFT + at * SCALE;
		parts.push(`<line x1="${x}" y1="54" x2="${x}" y2="${height - 26}" stroke="${at === 1 ? "#c00" : "#ddd"}"/>`);
		text(x, height - 10, at, "text-anchor=\"middle\"");
	}
	all.forEach((one, group) => {
		const top = 60 + group * GROUP;
		text(LEFT - 8, top + 26, `${one.name}, ${one.clients}`, "text-anchor=\"end\"");
		WAYS.forEach(([way, , colour], i) => {
			if (!one[way])
				return;
			const { median, least, most } = one[way].ratio, y = top + i * BAR;
			parts.push(`<rect x="${LEFT}" y="${y}" width="${(median * SCALE).toFixed(1)}" height="${BAR - 2}" fill="${colour}"/>`,
				`<path d="M${(LEFT + least * SCALE).toFixed(1)} ${y + 6}H${(LEFT + most * SCALE).toFixed(1)}" stroke="#000"/>`);
			text((LEFT + Math.max(median, most) * SCALE + 6).toFixed(1), y + 10, median.toFixed(2));
		});
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<title>communique beside a static file</title>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join("\n")}
</svg>
`;
}
