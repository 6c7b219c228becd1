// Tests of OutputFormat.

import Testing

@testable import EvtCLI

@Suite("Output format")
struct OutputFormatTests {
  @Test(
    "the suffix of a file names its format",
    arguments: [
      ("a.json", .json), ("a.NDJSON", .ndjson), ("a.jsonl", .ndjson), ("a.b.csv", .csv),
      ("x.tsv", .tsv), ("x.md", .markdown), ("x.txt", .table), ("x", nil), ("x.parquet", nil),
      ("dir.csv/x", nil),
    ] as [(String, OutputFormat?)])
  func reads(_ path: String, _ format: OutputFormat?) {
    #expect(OutputFormat(suffixOf: path) == format)
  }
}
