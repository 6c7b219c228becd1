// Tests of ProgressLine.

import Testing

@testable import EvtCLI
@testable import Ingest

@Suite("Progress line")
struct ProgressLineTests {
  @Test("files show how much is left, streams how much was read")
  func says() {
    let file = IngestProgress(bytesRead: 400_000_000, totalBytes: 1_600_000_000, rows: 1_100_000)
    #expect(
      ProgressLine.text(file, elapsedMillis: 2_000)
        == "1,100,000 events, 400.0 MB of 1.6 GB, 550,000 events/s, 6.0s left")
    let stream = IngestProgress(bytesRead: 5_000, totalBytes: nil, rows: 10)
    #expect(ProgressLine.text(stream, elapsedMillis: 0) == "10 events, 5.0 kB, 10,000 events/s")
  }

  @Test("a bar shows how much of the files is read, where there is room for it")
  func draws() {
    let file = IngestProgress(bytesRead: 400_000_000, totalBytes: 1_600_000_000, rows: 1_100_000)
    let text = ProgressLine.text(file, elapsedMillis: 2_000)
    func line(_ progress: IngestProgress, _ width: Int, ascii: Bool = false) -> String {
      ProgressLine.line(progress, elapsedMillis: 2_000, width: width, ascii: ascii)
    }
    #expect(line(file, 100) == "█████░░░░░░░░░░░░░░░ " + text)
    #expect(line(file, 100, ascii: true) == "#####............... " + text)
    #expect(line(file, text.count + 22) == "█████░░░░░░░░░░░░░░░ " + text)
    #expect(line(file, text.count + 21) == text)
    for width in 0..<text.count { #expect(line(file, width) == text.prefix(max(width - 1, 0))) }
    let whole = IngestProgress(bytesRead: .max, totalBytes: 5, rows: 1)
    #expect(line(whole, 200).hasPrefix(String(repeating: "█", count: 20) + " 1 events"))
    let stream = IngestProgress(bytesRead: 5, totalBytes: nil, rows: 1)
    #expect(line(stream, 200).hasPrefix("1 events"))
  }

  @Test("nothing read, or more than was there, is no trap")
  func survivesOddities() {
    for progress in [
      IngestProgress(bytesRead: 0, totalBytes: 0, rows: 0),
      IngestProgress(bytesRead: .max, totalBytes: 1, rows: 5),
      IngestProgress(bytesRead: 1, totalBytes: .max, rows: 5),
    ] {
      #expect(ProgressLine.text(progress, elapsedMillis: 1_500).contains("events"))
    }
  }

  @Test("nothing is drawn where nobody watches")
  func isSilent() throws {
    let directory = try WorkDirectory()
    let result = try Program.shell(
      "evt gen --rows 20000 | evt ingest --store new.evt -", in: directory.path)
    #expect(result == ProgramResult(stdout: "", stderr: "", status: 0))
  }
}
