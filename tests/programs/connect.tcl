# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# As event-driven Tcl connects: asynchronously, and it asks -error when the channel is writable. Usage: connect.tcl HOST PORT
set channel [socket -async [lindex $argv 0] [lindex $argv 1]]
fileevent $channel writable {set done [fconfigure $channel -error]}
after 2000 {set done timeout}
vwait done
