#!/usr/bin/env bash
# Runs a command of Fovea in shards as an array job of Slurm, and waits for it.
#   submit.sh 200 /shared/parts fovea report model.onnx /shared/photos
#   fovea merge /shared/parts --out report.html
# A task whose node dies is put back into the queue by Slurm. What ended in any other way is
# submitted again, up to 10 times.
# Options of sbatch (partition, account, memory, cards) go into SBATCH_ARGS.
set -euo pipefail
shards=$1 parts=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$parts"
parts=$(cd "$parts" && pwd)

# The indices of the parts that are not there, with commas between.
missing() {
  local index list=
  for ((index = 0; index < shards; index++)); do
    [ -e "$(printf '%s/part-%05d-of-%05d.json' "$parts" "$index" "$shards")" ] || list+=",$index"
  done
  echo "${list#,}"
}

for ((try = 0; try < 10; try++)); do
  tasks=$(missing)
  if [ -z "$tasks" ]; then
    echo "all $shards shards are in $parts: fovea merge $parts"
    exit 0
  fi
  # Without a failure all that are missing are all there are: a range, since the length of a list is limited.
  [ "$try" -eq 0 ] && [ "$(tr -cd , <<<"$tasks" | wc -c)" -eq $((shards - 1)) ] && tasks="0-$((shards - 1))"
  code=0
  # shellcheck disable=SC2086
  sbatch --wait --quiet --array="$tasks" --output="$parts/slurm-%a.log" --export="ALL,FOVEA_SHARDS=$shards" \
    ${SBATCH_ARGS:-} "$here/report.sbatch" "$parts" "$@" || code=$?
  if [ "$code" -eq 2 ]; then
    echo "bad input, which trying again does not mend:" >&2
    grep -h '^fovea: ' "$parts"/slurm-*.log | sort -u | head -3 >&2
    exit 2
  fi
done
echo "shards $(missing) of $shards are missing after 10 tries; their logs are $parts/slurm-*.log" >&2
exit 1
