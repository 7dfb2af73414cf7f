# Sourced: counts what passed and what failed. The file that ZUNOVA_TEST_TOTALS names holds a line `PASSED FAILED`
# for each part.

passed() { awk '{ n += $1 } END { print n + 0 }' "$ZUNOVA_TEST_TOTALS"; }
failed() { awk '{ n += $2 } END { print n + 0 }' "$ZUNOVA_TEST_TOTALS"; }
count() { echo "$1 $2" >>"$ZUNOVA_TEST_TOTALS"; }

# Ends the script with the line that tells it all, and the status that goes with it.
conclude() {
  echo "$(passed) passed, $(failed) failed"
  [ "$(failed)" -eq 0 ] && [ "$(passed)" -gt 0 ]
}
