// A sink that renders what it gets, so that runs can be compared as text.

import Columnar
import EvtCore
import TestSupport

@testable import Ingest

/// Keeps every row as text, and the records of the inputs.
final class MemorySink: BatchSink {
  var knownSources: [SourceRecord]
  private(set) var batches: [[String]] = []
  private(set) var finished: [SourceRecord] = []
  private(set) var abandoned: [Int] = []
  var rows: [String] { batches.flatMap { $0 } }

  init(known: [SourceRecord] = []) { knownSources = known }

  func accept(_ batch: EventBatch) throws { batches.append(render(batch)) }
  func finishSource(_ record: SourceRecord) throws { finished.append(record) }
  func abandonSource(_ ordinal: Int) throws { abandoned.append(ordinal) }
}

/// What a run over `text` brought.
struct Outcome {
  var rows: [String]
  var batches: [[String]]
  var rejects: [String]
  var report: IngestReport
}

/// 2026-06-01, the clock of all tests.
let testNow: Int64 = 1_780_272_000_000_000_000

func testOptions() -> IngestOptions {
  var options = IngestOptions(now: testNow)
  options.maxRejects = .count(1_000_000)
  return options
}

/// Runs over one file that holds `bytes`.
func ingest(
  _ bytes: [UInt8], options: IngestOptions = testOptions(), threads: Int = 1,
  chunkBytes: Int = ChunkFiller.chunkBytes
) throws -> Outcome {
  let folder = try TestFolder()
  let path = try folder.write("events", bytes)
  let sink = MemorySink()
  var rejects: [String] = []
  let run = IngestRun(
    inputs: [path], options: options, sink: sink, pool: WorkerPool(threads: threads),
    rejects: { rejects.append(String(decoding: $0, as: UTF8.self)) })
  run.chunkBytes = chunkBytes
  var report = try run.run()
  report.notes = report.notes.map { folder.hide($0) }
  return Outcome(
    rows: sink.rows, batches: sink.batches, rejects: rejects.map { folder.hide($0) },
    report: report)
}

func ingest(
  _ text: String, options: IngestOptions = testOptions(), threads: Int = 1,
  chunkBytes: Int = ChunkFiller.chunkBytes
) throws -> Outcome {
  try ingest(Array(text.utf8), options: options, threads: threads, chunkBytes: chunkBytes)
}

/// The one row of an event with these further members (or nil when it was rejected), without time.
func row(_ members: String) throws -> String? {
  let event =
    "{\"event\":\"e\",\"timestamp\":\"2026-01-01\"\(members.isEmpty ? "" : ",")\(members)}"
  let outcome = try ingest(event)
  return outcome.rows.first.map { $0.replacing("0 2026-01-01T00:00:00Z @event=text:e", with: "") }
    .map { $0.hasPrefix(" ") ? String($0.dropFirst()) : $0 }
}

extension String {
  /// This text with every `old` replaced.
  func replacing(_ old: String, with new: String) -> String {
    guard !old.isEmpty else { return self }
    var result = ""
    var rest = self[...]
    while let found = rest.firstIndex(of: old) {
      result += rest[..<found] + new
      rest = rest[rest.index(found, offsetBy: old.count)...]
    }
    return result + rest
  }
}

extension Substring {
  fileprivate func firstIndex(of text: String) -> Index? {
    indices.first { self[$0...].hasPrefix(text) }
  }
}
