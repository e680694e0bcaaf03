#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A proxy whose backend is what is to be connected to, and one request to it. Usage: proxy.sh nginx|haproxy|apache, with $H $U $P $F $T of programs.txt.
set -u
front=$((F / 2))$P # 28000 and 38000
case $1 in
nginx)
	cat >"$T/conf" <<-END
		daemon off;
		master_process off;
		pid $T/pid;
		error_log $T/log;
		events { worker_connections 64; }
		http {
			access_log off;
			client_body_temp_path $T;
			proxy_temp_path $T;
			fastcgi_temp_path $T;
			uwsgi_temp_path $T;
			scgi_temp_path $T;
			server {
				listen 127.0.0.1:$front;
				location / { proxy_pass http://$U:$P; proxy_connect_timeout 2s; }
			}
		}
	END
	nginx -c "$T/conf" &
	;;
haproxy)
	cat >"$T/conf" <<-END
		defaults
			mode http
			timeout connect 1500
			timeout client 3000
			timeout server 3000
			retries 1
		listen x
			bind 127.0.0.1:$front
			server s $H:$P check inter 1000
	END
	haproxy -db -f "$T/conf" &
	;;
apache)
	cat >"$T/conf" <<-END
		ServerRoot $T
		ServerName localhost
		PidFile $T/pid
		ErrorLog $T/log
		Listen 127.0.0.1:$front
		LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
		LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
		LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
		LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
		ProxyPass / http://$U:$P/ connectiontimeout=2 timeout=2
		Mutex file:$T
		DefaultRuntimeDir $T
	END
	apache2 -X -f "$T/conf" &
	;;
esac
proxy=$!
trap 'kill $proxy' TERM
sleep 1
curl -s -o /dev/null -m 3 "http://127.0.0.1:$front/"
kill $proxy
wait $proxy
