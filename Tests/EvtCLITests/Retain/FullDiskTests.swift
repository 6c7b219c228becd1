// A retain on a real disk without a free byte.

import Foundation
import TestSupport
import Testing

@Suite("A full disk") struct FullDiskTests {
  @Test("takes a retain, but no ingest", .enabled(if: Program.mayMount, Program.mayNotMount))
  func full() throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    try """
    mount -t tmpfs -o size=2m,nr_inodes=200 tmpfs disk
    export EVT_STORE=disk/store EVT_NOW=2025-03-11
    evt gen --rows 2000 --days 10 --start 2025-03-01 > log
    evt gen --rows 10 --days 1 --start 2025-03-10 > more
    evt ingest log
    cat /dev/zero > disk/filler 2> /dev/null
    df --output=avail disk | tail -1
    evt ingest more 2> error; echo "ingest $?"
    evt query --agg count -f csv | tail -1
    evt retain --days 7 --force --rollup-days 9 2>> error; echo "rollups $?"
    evt retain --days 7 --force -f json | grep -o '"removed_days":[0-9]*'; echo "retain $?"
    evt info -f json | grep -o '"days":[0-9]*'
    ls disk/store/tmp
    evt verify > /dev/null; echo "verify $?"
    stat -c '%s' disk/store/RESERVE
    evt ingest more; echo "ingest $?"
    """.write(toFile: directory.path + "/script", atomically: false, encoding: .utf8)
    let result = try Program.shell(
      "mkdir disk; unshare -rm bash script; cat error >&2", in: directory.path)
    let lines = result.stdout.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(
      lines == [
        "0", "ingest 74", "2000", "rollups 74", "\"removed_days\":3", "retain 0", "\"days\":7",
        "verify 0",
        "65536",
        "ingest 0",
      ], "\(result)")
    #expect(result.stderr.contains("No space left on device"))
  }
}
