// static - an exported site behind a plain nginx, with the configuration as it is shipped.
import fs from "node:fs";
import path from "node:path";
import { freePort, NGINX, Service, TOP, until } from "./site.mjs";
import { ask } from "./wire.mjs";

export class StaticSite {
	// `root` is what communiqued export made; `state` a folder for nginx's own files.
	static async start(root, state, port) {
		const site = new StaticSite();
		site.port = port ?? await freePort();
		site.url = `http://127.0.0.1:${site.port}`;
		fs.mkdirSync(state, { recursive: true });
		const conf = path.join(state, "nginx.conf");
		const temporary = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
			.map((name) => `${name}_temp_path "${state}/${name}";`).join("\n");
		fs.writeFileSync(conf, `
			${process.getuid() === 0 ? "user root;" : ""}
			worker_processes 1;
			daemon off;
			pid "${state}/pid";
			error_log "${state}/error.log" warn;
			events { worker_connections 256; }
			http {
				access_log off;
				${temporary}
				server {
					listen 127.0.0.1:${site.port};
					root "${root}";
					include "${TOP}/nginx/static-site.conf";
				}
			}`);
		site.nginx = new Service("static", path.join(state, "nginx.log"), NGINX,
			["-e", path.join(state, "error.log"), "-c", conf]);
		site.nginx.start();
		await until("the static site answers", 200,
			async () => (await ask(`${site.url}/robots.txt`)).status === 200);
		return site;
	}

	get(target, headers = {}, method = "GET") {
		return ask(this.url + target, { headers, method, target });
	}

	stop() {
		return this.nginx.stop();
	}
}
