#!/bin/sh
# kubectl completes "kubectl dbops" by asking this file, which it finds on the PATH under the name kubectl_complete-dbops.
exec kubectl-dbops __complete "$@"
