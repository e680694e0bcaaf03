#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# One round of SmokePing's own probe module TCPPing, configured by a SmokePing file: what it runs, what it reads, how it counts.
#
# Usage: smokeping.pl CONFIG BINARY HOST PORT PINGS
#
# CONFIG is a file of *** Probes *** and *** Targets ***; binary, host, port and pings are replaced by those given, the rest stands as it is written there.
# Prints "loss N", "median SECONDS" and "times SECONDS..." as SmokePing would write them to its database ("U": unknown). Ends with 77 and a sentence when
# the modules are not there: PERL5LIB, or where user/share/deps.sh puts them.
use strict;
use warnings;

use File::Temp;

use constant { USAGE => 2, MODULES_MISSING => 77 };

# The rest of SmokePing (graphs, SNMP, its web pages) needs a web server's worth of modules; probes need two functions of it.
BEGIN {
	$INC{'Smokeping.pm'} = __FILE__;
	unshift @INC, ($ENV{XDG_CACHE_HOME} || '/var/cache') . '/ktcping-tests/smokeping';
}

sub Smokeping::do_log { print STDERR "@_\n" }

sub load_modules {
	for my $module (qw(Smokeping::Config Smokeping::probes::TCPPing)) {
		next if eval "require $module";
		my ($reason) = split / \(|\n/, $@;
		print STDERR "no $module: $reason; make deps fetches it\n";
		exit MODULES_MISSING;
	}
}

# Variables as the module declares them, with its own checks: what SmokePing would refuse is refused here.
sub section_of {
	my ($variables, @others) = @_;
	my @names = grep { $_ ne '_mandatory' } keys %$variables;
	return { _vars => [ @names, @others ], _mandatory => $variables->{_mandatory}, map { $_ => $variables->{$_} } @names };
}

sub grammar {
	my $probe = section_of(Smokeping::probes::TCPPing->probevars);
	my $target = section_of(Smokeping::probes::TCPPing->targetvars, qw(probe menu title host));
	return {
		_sections  => [qw(Probes Targets)],
		_mandatory => [qw(Probes Targets)],
		Probes     => { _sections => ['TCPPing'], _mandatory => ['TCPPing'], TCPPing => $probe },
		Targets    => { _vars => [qw(probe menu title)], _sections => ['/[-_0-9a-zA-Z]+/'], '/[-_0-9a-zA-Z]+/' => $target },
	};
}

# The text with the values replaced, each of which must be there: an example that lost one would no longer be tested.
sub replaced {
	my ($path, %values) = @_;
	open my $file, '<', $path or die "cannot read $path: $!\n";
	my $text = do { local $/; <$file> };
	for my $name (keys %values) {
		$text =~ s/^\Q$name\E = .*$/$name = $values{$name}/mg or die "$path sets no $name\n";
	}
	return $text;
}

sub parse {
	my ($text) = @_;
	my $file = File::Temp->new;
	print $file $text;
	close $file;
	my $parser = Smokeping::Config->new(grammar());
	return $parser->parse($file->filename) || die "$parser->{err}\n";
}

sub run_round {
	my ($config) = @_;
	my ($target) = grep { ref } values %{ $config->{Targets} };
	my $probe = Smokeping::probes::TCPPing->new($config->{Probes}{TCPPing}, { General => {}, Database => {} }, 'TCPPing');
	$probe->add($target, $target->{host});
	$probe->ping;
	my (undef, $loss, $median, @times) = split /:/, $probe->rrdupdate_string($target);
	print "loss $loss\nmedian $median\ntimes @times\n";
}

@ARGV == 5 or do { print STDERR "Usage: smokeping.pl CONFIG BINARY HOST PORT PINGS\n"; exit USAGE };
my ($config, $binary, $host, $port, $pings) = @ARGV;
$| = 1;
load_modules();
run_round(parse(replaced($config, binary => $binary, host => $host, port => $port, pings => $pings)));
