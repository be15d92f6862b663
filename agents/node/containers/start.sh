#!/bin/sh
# The first thing in a lease's container: waits until the agent has found the right GPUs attached,
# opens SSH to the renter's keys, then becomes the renter's command.
until [ -e /straits/go ]; do sleep 0.1; done
if [ -s /straits/authorized_keys ] && [ -x /usr/sbin/sshd ]; then
  mkdir -p /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f /run/sshd/host_key
  # who logs in finds the lease's variables, but for those that a login has of its own
  mkdir -p /root/.ssh
  env | grep -E '^[A-Za-z_][A-Za-z0-9_]*=' \
    | grep -vE '^(HOME|HOSTNAME|LOGNAME|PWD|SHELL|SHLVL|TERM|USER|_)=' > /root/.ssh/environment
  # the keys' file belongs to nobody in here and is read-only: its owner says nothing
  /usr/sbin/sshd -h /run/sshd/host_key -o AuthorizedKeysFile=/straits/authorized_keys \
    -o StrictModes=no -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no \
    -o PermitRootLogin=prohibit-password -o PermitUserEnvironment=yes -o UsePAM=no -o PidFile=/run/sshd/pid
fi
cd /workspace && exec "$@"
