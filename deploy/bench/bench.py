#!/usr/bin/env python3
"""Measures Keyveil beside nginx on one backend, in one run: CPU per GiB, requests per CPU second,
latency, memory of slow readers, start-up. Prints a table with ratios and writes JSON.

    deploy/bench/bench.py [--only NAME,...] [--rounds N] [--readers N] [--json FILE] [--java JAVA]

Needs the built jar (mvn -DskipTests package) and Debian's nginx, curl, wrk and openssl; for haproxy and
offload, which run only where they are named, haproxy and libnginx-mod-http-headers-more-filter. All traffic
stays on loopback, every load is bounded in count and time, and everything stops at the end.
"""
import argparse, atexit, base64, contextlib, json, os, pathlib, platform, re, shutil, signal, socket, sqlite3
import statistics, subprocess, sys, tempfile, time, urllib.error, urllib.request, zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
GIB = 1 << 30
ISSUER, AUDIENCE = "https://idp.bench/", "bench"
WARM = 5  # pairs before the counted ones: a JVM compiles what it finds hot
STARTED = []


def free_port():
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(*command, **options):
    process = subprocess.Popen([str(c) for c in command], **options)
    STARTED.append(process)
    return process


@atexit.register
def stop_all():
    for process in STARTED:
        if process.poll() is None:
            process.terminate()
    for process in STARTED:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        if process.poll() is None:
            process.kill()


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"failed: {command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def until(condition, what, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.02)
    sys.exit(f"{what}: not within {seconds} seconds")


def listening(port):
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 1)):
        return True


def family(pid):
    """A process and its children: nginx's workers do the work."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [int(c) for c in children]


def cpu(pid):
    """CPU seconds so far of all threads of a process family."""
    total = 0
    for member in family(pid):
        fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def rss_mib(pid):
    total = 0
    for member in family(pid):
        status = pathlib.Path(f"/proc/{member}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
    return total / 1024


class Site:
    """The backend, nginx as a reverse proxy before it, and Keyveil before it, with one certificate."""

    def __init__(self, java, jvm):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="keyveil-bench-"))
        atexit.register(shutil.rmtree, self.dir, True)
        self.java, self.jvm = java, jvm
        self.backend, self.proxy, self.port, self.management = (free_port() for _ in range(4))
        self.make_files()
        self.start_nginx()
        self.start_keyveil()

    def make_files(self):
        for bucket in ("bench-files", "dl-bench"):
            (self.dir / "www" / bucket).mkdir(parents=True)
        self.checksums = ""
        for name, block, blocks in (("1g.bin", os.urandom(1 << 20), 1024), ("1k.bin", os.urandom(1024), 1)):
            crc = 0
            with open(self.dir / "www/bench-files" / name, "wb") as f:
                for _ in range(blocks):
                    f.write(block)
                    crc = zlib.crc32(block, crc)
            # As S3 tells it at registration, so that Keyveil checks what it sends.
            value = base64.b64encode(crc.to_bytes(4, "big")).decode()
            self.checksums += f"location = /bench-files/{name} {{ add_header x-amz-checksum-crc32 {value}; add_header x-amz-checksum-type FULL_OBJECT; }} "
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.dir / "key.pem", "-out", self.dir / "cert.pem")

    def start_nginx(self):
        # As root, nginx's workers would become somebody who may not read this folder.
        user = "user root;" if os.getuid() == 0 else ""
        (self.dir / "backend.conf").write_text(f"""
{user} worker_processes 1; daemon off; pid {self.dir}/backend.pid; error_log {self.dir}/backend.log error;
events {{ worker_connections 20000; }} worker_rlimit_nofile 40000;
http {{ access_log off; sendfile on; keepalive_requests 1000000; client_body_temp_path {self.dir}/t1;
proxy_temp_path {self.dir}/t2; fastcgi_temp_path {self.dir}/t3; uwsgi_temp_path {self.dir}/t4; scgi_temp_path {self.dir}/t5;
server {{ listen 127.0.0.1:{self.backend} backlog=8192; root {self.dir}/www;
{self.checksums} location = /bench-files {{ return 200; }} location = /dl-bench {{ return 200; }} }} }}""")
        (self.dir / "proxy.conf").write_text(f"""
{user} worker_processes 2; daemon off; pid {self.dir}/proxy.pid; error_log {self.dir}/proxy.log error;
events {{ worker_connections 20000; }} worker_rlimit_nofile 40000;
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {self.dir}/p1;
proxy_temp_path {self.dir}/p2; fastcgi_temp_path {self.dir}/p3; uwsgi_temp_path {self.dir}/p4; scgi_temp_path {self.dir}/p5;
upstream s3 {{ server 127.0.0.1:{self.backend}; keepalive 64; keepalive_requests 1000000; }}
server {{ listen 127.0.0.1:{self.proxy} ssl http2 backlog=8192; ssl_certificate {self.dir}/cert.pem; ssl_certificate_key {self.dir}/key.pem;
ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:s:1m;
location / {{ proxy_pass http://s3; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffers 16 64k;
proxy_buffer_size 64k; proxy_busy_buffers_size 128k; proxy_max_temp_file_size 0; }} }} }}""")
        for name, port in (("backend", self.backend), ("proxy", self.proxy)):
            process = start("nginx", "-p", self.dir, "-c", self.dir / f"{name}.conf", stderr=subprocess.DEVNULL)
            until(lambda: listening(port), name)
            setattr(self, name + "_pid", process.pid)

    def keyveil(self, *arguments):
        return [self.java, *self.jvm, "-jar", ROOT / "target/keyveil.jar", *arguments]

    def start_keyveil(self):
        run("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.dir / "issuer.pem")
        self.write_jwks()
        (self.dir / "keyveil.yaml").write_text(f"""
profile: production
listen: {{host: 127.0.0.1, port: {self.port}, publicUrl: "https://localhost:{self.port}", tls: {{certificate: {self.dir}/cert.pem, key: {self.dir}/key.pem}}}}
management: {{port: {self.management}}}
tokens: {{issuers: [{{issuer: "{ISSUER}", audience: {AUDIENCE}, jwks: "file:{self.dir}/jwks.json", algorithms: [RS256]}}]}}
store: {{url: "sqlite:{self.dir}/keyveil.db"}}
s3: {{endpoint: "http://127.0.0.1:{self.backend}", region: us-east-1, pathStyle: true, buckets: [bench-files], opaqueBucket: dl-bench,
  opaqueEncryption: none, connections: 10000, credentials: {{accessKeyId: {{env: BENCH_KEY}}, secretAccessKey: {{env: BENCH_SECRET}}}}}}
audit: {{folder: {self.dir}/audit}}
limits: {{downloadsPerSubject: 0, rates: {{address: {{requests: {{perSecond: 1000000, burst: 1000000}}}}, subject: {{requests: {{perSecond: 1000000, burst: 1000000}}}}}}}}
""")
        self.env = {**os.environ, "BENCH_KEY": "bench", "BENCH_SECRET": "bench-secret"}
        config = ("--config", self.dir / "keyveil.yaml")
        register = lambda name: run(*self.keyveil(
            "files", "register", "--bucket", "bench-files", "--key", name, "--name", name, "--type", "application/octet-stream",
            "--allow", "subject=bench", *config), env=self.env).strip()
        self.large, self.small, self.redirected = register("1g.bin"), register("1k.bin"), register("1g.bin")
        with sqlite3.connect(self.dir / "keyveil.db") as store:
            # The backend takes no uploads, so the store is told that this key is one of ours.
            store.execute("UPDATE files SET opaque = 1, delivery = 'redirect' WHERE id = ?", (self.redirected,))
        self.token = run(*self.keyveil("token", "--key", self.dir / "issuer.pem", "--issuer", ISSUER, "--audience", AUDIENCE,
                                       "--subject", "bench", "--scope", "files:read", "--kid", "bench", "--expires", "12h")).strip()
        self.config = config
        self.serve()

    def serve(self):
        """Starts the gateway; seconds until it is ready."""
        began = time.time()
        process = start(*self.keyveil("serve", *self.config), env=self.env, stderr=open(self.dir / "keyveil.log", "a"))
        until(lambda: self.ready() and listening(self.port), "keyveil")
        seconds = time.time() - began
        self.pid, self.process = process.pid, process
        return seconds

    def ready(self):
        with contextlib.suppress(urllib.error.HTTPError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.management}/readyz").status == 200

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def write_jwks(self):
        text = run("openssl", "rsa", "-in", self.dir / "issuer.pem", "-noout", "-modulus")
        modulus = bytes.fromhex(text.strip().split("=")[1])
        n = base64.urlsafe_b64encode(modulus).rstrip(b"=").decode()
        (self.dir / "jwks.json").write_text(json.dumps({"keys": [{"kty": "RSA", "use": "sig", "kid": "bench", "alg": "RS256", "n": n, "e": "AQAB"}]}))

    def urls(self, name):
        """The same object behind Keyveil and behind nginx: (server's pid, URL, request fields)."""
        file = {"1g.bin": self.large, "1k.bin": self.small}[name]
        return {"keyveil": (self.pid, f"https://localhost:{self.port}/files/{file}", ["-H", f"Authorization: Bearer {self.token}"]),
                "nginx": (self.proxy_pid, f"https://localhost:{self.proxy}/bench-files/{name}", [])}


def startup(site, starts=7):
    """Seconds from the process's start until /readyz says so."""
    seconds = []
    for _ in range(starts):
        site.stop()
        seconds.append(round(site.serve(), 3))
    return {"unit": f"s, median of {starts} starts", "keyveil": round(statistics.median(seconds), 2), "nginx": None, "ratio": None,
            "better": "lower", "all": seconds}


def download(site, version, rounds):
    """CPU seconds of the server per GiB, pair by pair."""
    seconds = {"keyveil": [], "nginx": []}
    for number in range(WARM + rounds):
        for server, (pid, url, fields) in site.urls("1g.bin").items():
            before = cpu(pid)
            got = run("curl", "-sS", "--cacert", site.dir / "cert.pem", "--tlsv1.3", version, *fields, "-o", "/dev/null",
                      "-w", "%{http_code} %{size_download} %{http_version}", url)
            if got.split()[:2] != ["200", str(GIB)]:
                sys.exit(f"{server} answered {got}")
            if number >= WARM:
                seconds[server].append(cpu(pid) - before)
    return compare(seconds, "CPU s per GiB", lower=True)


def compare(values, unit, lower):
    k, n = (statistics.median(values[s]) for s in ("keyveil", "nginx"))
    ratios = [a / b for a, b in zip(values["keyveil"], values["nginx"]) if b > 0]
    return {"unit": unit, "keyveil": round(k, 4), "nginx": round(n, 4), "ratio": round(statistics.median(ratios), 3),
            "better": "lower" if lower else "higher", "all": values}


def wrk(url, fields, seconds, connections, threads=1, refused=False):
    out = run("wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency", *fields, url)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    if bool(bad) != refused:
        sys.exit(f"{url}: {bad.group(0) if bad else 'not refused'}")
    median = re.search(r"50%\s+([\d.]+)(us|ms|s)", out)
    return (int(re.search(r"(\d+) requests in", out).group(1)),
            float(median.group(1)) * {"us": 1e-3, "ms": 1, "s": 1e3}[median.group(2)])


def bare(site, log, *passed_on):
    """A bare server, with a log or "-", that answers a fixed 302 or passes on what a port and a path name; its process and port."""
    port = free_port()
    process = start(site.java, "-cp", f"{ROOT}/target/keyveil.jar:{ROOT}/target/lib/*", HERE / "BareServer.java", port,
                    site.dir / "cert.pem", site.dir / "key.pem", log, *passed_on)
    until(lambda: listening(port), "bare server", 60)
    return process, port


def per_cpu_second(targets, rounds):
    """Requests per CPU second of each server, 32 connections, one after another in each round."""
    rates = {server: [] for server in targets}
    for number in range(WARM + rounds):
        for server, (pid, url, fields) in targets.items():
            before = cpu(pid)
            requests, _ = wrk(url, fields, 8, 32)
            if number >= WARM:
                rates[server].append(requests / (cpu(pid) - before))
    return rates


def beside(rates, one, other, unit):
    return compare({"keyveil": rates[one], "nginx": rates[other]}, unit, lower=False)


def small_objects(site, rounds):
    """1 KiB beside nginx, and beside a bare server that keeps a durable record and does nothing else."""
    recorded, port = bare(site, site.dir / "small.log", site.backend, "/bench-files/1k.bin")
    rates = per_cpu_second({**site.urls("1k.bin"), "recorded": (recorded.pid, f"https://localhost:{port}/", [])}, rounds)
    recorded.terminate()
    return {"1 KiB, 32 connections": beside(rates, "keyveil", "nginx", "requests per CPU s"),
            "1 KiB, beside a record": beside(rates, "keyveil", "recorded", "requests per CPU s (beside bare Vert.x with a durable record)"),
            "1 KiB, a record alone": beside(rates, "recorded", "nginx", "requests per CPU s (bare Vert.x with a durable record, beside nginx)")}


def redirects(site, rounds):
    """Redirects beside a bare server that answers a fixed 302, and beside one that keeps a durable record as well."""
    fixed, port = bare(site, "-")
    recorded, other = bare(site, site.dir / "redirects.log")
    rates = per_cpu_second({"keyveil": (site.pid, f"https://localhost:{site.port}/files/{site.redirected}", ["-H", f"Authorization: Bearer {site.token}"]),
                            "fixed": (fixed.pid, f"https://localhost:{port}/", []),
                            "recorded": (recorded.pid, f"https://localhost:{other}/", [])}, rounds)
    fixed.terminate()
    recorded.terminate()
    return {"redirects, 32 connections": beside(rates, "keyveil", "fixed", "requests per CPU s (beside bare Vert.x)"),
            "redirects, beside a record": beside(rates, "keyveil", "recorded", "requests per CPU s (beside bare Vert.x with a durable record)"),
            "redirects, a record alone": beside(rates, "recorded", "fixed", "requests per CPU s (bare Vert.x with a durable record, beside bare Vert.x)")}


def latency(site):
    """Median milliseconds for 1 KiB on one connection, beyond the backend's own."""
    _, url, fields = site.urls("1k.bin")["keyveil"]
    wrk(url, fields, 3, 1)
    _, keyveil = wrk(url, fields, 5, 1)
    _, direct = wrk(f"http://127.0.0.1:{site.backend}/bench-files/1k.bin", [], 5, 1)
    _, url, fields = site.urls("1k.bin")["nginx"]
    _, nginx = wrk(url, fields, 5, 1)
    return {"unit": "ms added at the median", "keyveil": round(keyveil - direct, 3), "nginx": round(nginx - direct, 3),
            "ratio": None, "better": "lower", "all": {"keyveil": keyveil, "nginx": nginx, "backend": direct}}


def token_cache(site, rounds):
    """Requests per second and per CPU second of answers from the store, with and without a token cache."""
    rates, speed = {"warm": [], "cold": []}, {"warm": [], "cold": []}
    for cache in rates:
        site.stop()
        site.env["KEYVEIL_TOKENS_CACHE_SIZE"] = "10000" if cache == "warm" else "0"
        site.serve()
        _, url, fields = site.urls("1k.bin")["keyveil"]
        wrk(url, fields + ["-H", "If-None-Match: *"], 30, 32)
        for _ in range(rounds):
            before = cpu(site.pid)
            requests, _ = wrk(url, fields + ["-H", "If-None-Match: *"], 8, 32)
            rates[cache].append(requests / (cpu(site.pid) - before))
            speed[cache].append(round(requests / 8))
    del site.env["KEYVEIL_TOKENS_CACHE_SIZE"]
    warm, cold = (statistics.median(rates[c]) for c in ("warm", "cold"))
    return {"unit": "304s per CPU s, RS256 (other: without a token cache)", "keyveil": round(warm, 1), "nginx": round(cold, 1),
            "ratio": round(warm / cold, 2), "better": "higher", "all": {"per CPU s": rates, "per s": speed}}


def sameness(site, rounds):
    """Microseconds between the medians of the fastest and the slowest kind of file that is not there."""
    config = list(map(str, site.config))
    register = lambda *more: run(*site.keyveil(
        "files", "register", "--bucket", "bench-files", "--key", "1k.bin", "--name", "1k.bin", "--type", "text/plain", *more, *config),
        env=site.env).strip()
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 20))
    hidden = {"unknown": "AAAAAAAAAAAAAAAAAAAAAA", "foreign": register("--allow", "subject=somebody"), "revoked": register("--allow", "subject=bench"),
              "expired": register("--allow", "subject=bench", "--expires-at", soon), "blocked": register("--allow", "subject=bench")}
    run(*site.keyveil("files", "revoke", "--config", config[1], "--", hidden["revoked"]), env=site.env)
    run(*site.keyveil("block", *config, "file", "--", hidden["blocked"]), env=site.env)
    time.sleep(20)
    _, known, fields = site.urls("1k.bin")["keyveil"]
    ask = lambda file, seconds: wrk(known.rsplit("/", 1)[0] + "/" + file, fields, seconds, 1, refused=True)
    for file in hidden.values():
        ask(file, 5)
    medians, samples = {kind: [] for kind in hidden}, dict.fromkeys(hidden, 0)
    for number in range(rounds * 3):
        # Another order each time, so that nobody always comes first.
        for kind in sorted(hidden, key=lambda kind: hash((kind, number))):
            requests, median = ask(hidden[kind], 2)
            medians[kind].append(median * 1e3)
            samples[kind] += requests
    middle = {kind: round(statistics.median(m), 1) for kind, m in medians.items()}
    return {"unit": f"us between the medians of {min(samples.values())} samples or more of each", "keyveil": round(max(middle.values()) - min(middle.values()), 1),
            "nginx": None, "ratio": None, "better": "lower", "all": {"medians us": middle, "each round": medians, "samples": samples}}


def slow_readers(site, readers, seconds):
    """Resident memory above idle while many clients read 8 KiB a second each."""
    idle = rss_mib(site.pid)
    client = start(site.java, "-Xmx3g", "-cp", f"{ROOT}/target/keyveil.jar:{ROOT}/target/lib/*", HERE / "SlowReaders.java", site.port, f"/files/{site.large}",
                   site.token, readers, seconds, stdout=subprocess.PIPE, text=True)
    samples, health, lines = [], [], []
    while True:
        line = client.stdout.readline()
        if not line:
            break
        lines.append(json.loads(line))
        began = time.time()
        urllib.request.urlopen(f"http://127.0.0.1:{site.management}/livez", timeout=30).read()
        health.append((time.time() - began) * 1e3)
        samples.append(rss_mib(site.pid) - idle)
        print(f"  {lines[-1]}  +{samples[-1]:.0f} MiB, health {health[-1]:.1f} ms", file=sys.stderr)
    client.wait()
    alive = lines[-1]["alive"] if lines else 0
    if alive < readers:
        sys.exit(f"slow readers: {alive} of {readers} are alive: {lines[-1] if lines else 'no word of them'}")
    return {"unit": f"MiB above idle, {readers} readers", "keyveil": round(max(samples), 1), "nginx": None, "ratio": None, "better": "lower",
            "all": {"alive": alive, "samples": [round(s, 1) for s in samples], "slowest health ms": round(max(health), 1),
                    "KiB each": round(max(samples) * 1024 / readers, 1)}}


def instance(site, number, **changes):
    """One more gateway of plain HTTP on the same store; (pid, port, management port)."""
    port, management = free_port(), free_port()
    text = (site.dir / "keyveil.yaml").read_text()
    text = re.sub(r"(?m)^listen: .*$", f'listen: {{host: 127.0.0.1, port: {port}, publicUrl: "https://localhost", tls: off, '
                  "trustedProxies: [127.0.0.1]}", text)
    text = re.sub(r"(?m)^management: .*$", f"management: {{port: {management}}}", text)
    text = text.replace(f"{site.dir}/audit", f"{site.dir}/audit-{number}")
    path = site.dir / f"instance-{number}.yaml"
    path.write_text(text + changes.get("more", ""))
    process = start(*site.keyveil("serve", "--config", path), env={**site.env, **changes.get("env", {})},
                    stderr=open(site.dir / f"instance-{number}.log", "a"))
    ready = lambda: urllib.request.urlopen(f"http://127.0.0.1:{management}/readyz").status == 200
    until(ready, f"instance {number}", 60)
    return process.pid, port, management


def haproxy(site, rounds):
    """Requests per CPU second of HAProxy and its instances together, 1 KiB, 32 connections: one and three."""
    instances = [instance(site, number) for number in range(3)]
    (site.dir / "both.pem").write_text((site.dir / "cert.pem").read_text() + (site.dir / "key.pem").read_text())
    fronts = {}
    for count in (1, 3):
        port = free_port()
        text = (ROOT / "deploy/haproxy/keyveil.cfg").read_text()
        text = text.replace("maxconn 20000", "maxconn 200")
        text = text.replace("bind :443", f"bind 127.0.0.1:{port}").replace("bind :80", f"bind 127.0.0.1:{free_port()}")
        text = text.replace("/etc/haproxy/keyveil.pem", str(site.dir / "both.pem")).replace("check port 9090", "check")
        for number, name in enumerate(("one", "two", "three")):
            old = f"    server {name} 10.0.0.{11 + number}:8443"
            pid, at, management = instances[number]
            text = text.replace(old, f"    server {name} 127.0.0.1:{at} port {management}" if number < count else "")
        path = site.dir / f"haproxy-{count}.cfg"
        path.write_text(text)
        front = start("/usr/sbin/haproxy", "-db", "-f", path, stderr=subprocess.DEVNULL)
        until(lambda: listening(port), "haproxy")
        fronts[count] = (port, [front.pid] + [i[0] for i in instances[:count]])
    rates = {"keyveil": [], "nginx": []}
    for number in range(WARM + rounds):
        for count, server in ((3, "keyveil"), (1, "nginx")):
            port, pids = fronts[count]
            before = sum(cpu(pid) for pid in pids)
            requests, _ = wrk(f"https://localhost:{port}/files/{site.small}", ["-H", f"Authorization: Bearer {site.token}"], 6, 32)
            if number >= WARM:
                rates[server].append(requests / (sum(cpu(pid) for pid in pids) - before))
    return compare(rates, "requests per CPU s, three instances beside one", lower=False)


def offload(site, rounds):
    """CPU seconds per GiB of nginx and gateway together where nginx carries the bytes, beside plain nginx."""
    pid, at, _ = instance(site, "offload", env={"OFFLOAD": "bench-offload-secret"},
                          more="delivery: {integrity: off, offload: {secret: {env: OFFLOAD}, log: %s/carried.log}}\n" % site.dir)
    port = free_port()
    text = (ROOT / "deploy/nginx/keyveil-offload.conf").read_text()
    for old, new in (("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"), ("/etc/nginx/keyveil-cert.pem", f"{site.dir}/cert.pem"),
                     ("/etc/nginx/keyveil-key.pem", f"{site.dir}/key.pem"), ("/var/log/nginx/keyveil-carried.log keyv", f"{site.dir}/carried.log keyv"),
                     ("REPLACE-BY-THE-SECRET", "bench-offload-secret"), ("10.0.0.11:8443", f"127.0.0.1:{at}"),
                     ("server s3.eu-west-1.amazonaws.com:443;", f"server 127.0.0.1:{site.backend};"),
                     ('"s3.eu-west-1.amazonaws.com" "https:', f'"127.0.0.1:{site.backend}" "http:')):
        text = text.replace(old, new)
    (site.dir / "offload.conf").write_text(text)
    user = "user root;" if os.getuid() == 0 else ""
    (site.dir / "offload-main.conf").write_text(
        f"load_module /usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so; {user} worker_processes 2; daemon off;\n"
        f"pid {site.dir}/offload.pid; error_log {site.dir}/offload.log error; events {{ worker_connections 20000; }}\n"
        f"http {{ client_body_temp_path {site.dir}/o1; proxy_temp_path {site.dir}/o2; fastcgi_temp_path {site.dir}/o3;\n"
        f"uwsgi_temp_path {site.dir}/o4; scgi_temp_path {site.dir}/o5; include {site.dir}/offload.conf; }}\n")
    front = start("nginx", "-p", site.dir, "-c", site.dir / "offload-main.conf", stderr=subprocess.DEVNULL)
    until(lambda: listening(port), "nginx that carries")
    plain = site.urls("1g.bin")["nginx"]
    servers = {"keyveil": ([front.pid, pid], f"https://localhost:{port}/files/{site.large}", ["-H", f"Authorization: Bearer {site.token}"]),
               "nginx": ([plain[0]], plain[1], plain[2])}
    seconds = {"keyveil": [], "nginx": []}
    for number in range(1 + rounds):
        for server, (pids, url, fields) in servers.items():
            before = sum(cpu(p) for p in pids)
            got = run("curl", "-sS", "--cacert", site.dir / "cert.pem", "--tlsv1.3", "--http1.1", *fields, "-o", "/dev/null",
                      "-w", "%{http_code} %{size_download}", url)
            if got.split() != ["200", str(GIB)]:
                sys.exit(f"{server} answered {got}")
            if number >= 1:
                seconds[server].append(sum(cpu(p) for p in pids) - before)
    return compare(seconds, "CPU s per GiB, carried by nginx", lower=True)


def main():
    names = ["startup", "http1", "http2", "small", "redirect", "latency", "slow", "tokens", "sameness"]
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--only", default=",".join(names))
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--readers", type=int, default=5000)
    arguments.add_argument("--seconds", type=int, default=300, help="how long the slow readers read")
    arguments.add_argument("--json", default=str(ROOT / "target/bench.json"))
    arguments.add_argument("--java", default="java")
    arguments.add_argument("--jvm", default=f"-Xmx512m -XX:SharedArchiveFile={ROOT}/target/keyveil.jsa")
    given = arguments.parse_args()
    known = [*names, "haproxy", "offload"]
    unknown = set(given.only.split(",")) - set(known)
    if unknown:
        arguments.error(f"--only: {', '.join(sorted(unknown))} (expected: some of {', '.join(known)})")
    site = Site(given.java, given.jvm.split())
    results = {}
    wanted = given.only.split(",")
    if "startup" in wanted:
        results["start to ready"] = startup(site)
    if "http1" in wanted:
        results["1 GiB, HTTP/1.1"] = download(site, "--http1.1", given.rounds)
    if "http2" in wanted:
        results["1 GiB, HTTP/2"] = download(site, "--http2", given.rounds)
    if "small" in wanted:
        results.update(small_objects(site, given.rounds))
    if "redirect" in wanted:
        results.update(redirects(site, given.rounds))
    if "latency" in wanted:
        results["1 KiB, idle"] = latency(site)
    if "slow" in wanted:
        results["slow readers"] = slow_readers(site, given.readers, given.seconds)
    if "tokens" in wanted:
        results["token cache"] = token_cache(site, given.rounds)
    if "sameness" in wanted:
        results["hidden files"] = sameness(site, given.rounds)
    if "haproxy" in wanted:
        results["HAProxy, 3 beside 1"] = haproxy(site, given.rounds)
    if "offload" in wanted:
        results["1 GiB, offloaded"] = offload(site, given.rounds)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release().split('-')[0]}, " + \
        subprocess.run([given.java, "-version"], capture_output=True, text=True).stderr.split("\n")[0]
    print(machine)
    print(f"{'':28} {'keyveil':>10} {'other':>10} {'ratio':>7}  unit")
    for name, r in results.items():
        show = lambda v: "-" if v is None else f"{v:g}"
        print(f"{name:28} {show(r['keyveil']):>10} {show(r['nginx']):>10} {show(r['ratio']):>7}  {r['unit']} ({r['better']} is better)")
    pathlib.Path(given.json).write_text(json.dumps({"machine": machine, "results": results}, indent=1))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
