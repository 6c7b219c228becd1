// Tests of ErrorReport: every layer's errors have their exit status.

import Analytics
import Columnar
import EvtCore
import Glibc
import Ingest
import Query
import Store
import Testing

@testable import EvtCLI

@Suite("Error report")
struct ErrorReportTests {
  private struct Unknown: Error {}

  static let table: [(any Error, EvtCLI.ExitStatus)] = [
    (UsageError("x"), .usage),
    (TimeInputError("x"), .usage),
    (QueryError.usage("x"), .usage),
    (AnalyticsError.invalid("x"), .usage),
    (StoreError.missing(path: "x"), .inputMissing),
    (StoreError.damaged(path: "x", what: "y"), .dataUnusable),
    (StoreError.newerFormat(path: "x", found: "2", supported: "1"), .dataUnusable),
    (StoreError.busy(path: "x", what: "y"), .busy),
    (StoreError.file(FileFailure("write", "x", code: ENOSPC)), .cannotWrite),
    (StoreError.file(FileFailure("open", "x", code: EACCES)), .permission),
    (SegmentDamage("x"), .dataUnusable),
    (IngestError(.usage, "x"), .usage),
    (IngestError(.badInput, "x"), .dataUnusable),
    (IngestError(.tooManyRejects, "x"), .dataUnusable),
    (IngestError(.missing, "x"), .inputMissing),
    (IngestError(.permission, "x"), .permission),
    (IngestError(.readFailed, "x"), .cannotWrite),
    (IngestError(.cannotCreate, "x"), .cannotCreate),
    (OutputError.cannotWrite(target: "x", errorNumber: ENOSPC), .cannotWrite),
    (OutputError.cannotCreate(target: "x", errorNumber: ENOENT), .cannotCreate),
    (OutputError.cannotCreate(target: "x", errorNumber: EACCES), .permission),
    (UnsoundStore(store: "x", failures: 1), .dataUnusable),
    (Unknown(), .bug),
  ]

  @Test("errors have the status of the one table")
  func haveStatus() {
    for (error, status) in Self.table {
      let report = ErrorReport(error)
      #expect(report.status == status, "\(error)")
      #expect(!report.message.isEmpty)
      #expect(!report.message.contains("\n"))
    }
  }

  @Test("names from outside cannot command the terminal")
  func escapes() throws {
    let directory = try WorkDirectory()
    let result = try Program.shell(
      "evt ingest --store new.evt $'a\\e[2Jb.ndjson'", in: directory.path)
    #expect(result.status == 66)
    #expect(!result.stderr.contains("\u{1B}"))
    #expect(result.stderr.contains("\\u{1B}[2J"))
  }
}
