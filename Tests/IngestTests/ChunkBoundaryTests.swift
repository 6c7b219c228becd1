// Wherever the text of an input is cut into chunks, the result is the same.

import Columnar
import Dispatch
import EvtCore
import Glibc
import TestSupport
import Testing

@testable import Ingest

@Suite("Chunk boundaries")
struct ChunkBoundaryTests {
  private static let event =
    "{\"event\":\"é\\\"{[\",\"timestamp\":\"2026-01-01\",\"a\":{\"b\":[1,\"]}\"]}}"
  private static let time = "\"timestamp\":1767225600"

  private static let texts: [String: String] = [
    "lines":
      "\(event)\n{\"event\":\"b\",\(time)}\n\n  \n{bad}\n{\"event\":\"c\",\(time)}{\"event\":\"d\",\(time)} \n",
    "carriage returns and newlines":
      "\u{FEFF}\(event)\r\n\r\n{\"event\":\"b\",\(time)}\r\n{\"event\":1}\r\nx",
    "carriage returns alone":
      "\(event)\r{\"event\":\"b\",\(time)}\rbad\r\r{\"event\":\"c\",\(time)}",
    "array":
      "\u{FEFF} [ \(event) ,\n{\"event\":\"b\",\(time)},\n\n{\"event\":[],\(time)}, 12, \"s\\\"]\", [{}],\(event)]\n",
    "array on one line":
      "[\(event),{\"event\":\"b\",\(time)},{\"event\":\"\"},{\"event\":\"c\",\(time)}]",
    "broken array":
      "[\(event) \(event),,{\"event\":\"b\",\(time)},] ]\n}[{\"event\":\"c\",\(time)},{\"event\":",
    "open array": "[\(event),\n\(event)\n",
    "two arrays": "[\(event)]\n[\(event),nul,tru e]\n",
    "pretty objects":
      "{\n  \"event\": \"a\",\n  \(time)\n}\n{\n  \"event\": \"b\",\n  \(time)\n} {\n \"event\":\n}\n",
    "one pretty object": "{\n  \"event\": \"a\",\n  \(time)\n}",
    "objects without line ends":
      "\(event) \(event){\"event\":\"b\",\(time)}{\"event\":}{\"a\":[}]}",
    "empty": "", "spaces": " \n\n ", "null": "null", "empty array": "[\n\t\n]",
    "misnested": "[{\"event\":\"b\",\(time)]},{\"event\":\"b\",\(time)}]",
  ]

  @Test("every size of chunk gives the same rows and rejects", arguments: texts.keys.sorted())
  func sizes(name: String) throws {
    let text = try #require(Self.texts[name])
    let whole = try ingest(text)
    for size in 1...max(text.utf8.count + 1, 2) {
      let cut = try ingest(text, chunkBytes: size)
      #expect(cut.rows == whole.rows, "chunks of \(size)")
      #expect(cut.rejects == whole.rejects, "chunks of \(size)")
      #expect(cut.report.rejected == whole.report.rejected)
    }
  }

  @Test("the forms of input are told apart and read whole")
  func counts() throws {
    func counts(_ name: String) throws -> [Int] {
      let outcome = try ingest(Self.texts[name] ?? "")
      return [outcome.rows.count, outcome.report.rejected]
    }
    #expect(try counts("lines") == [4, 1])
    #expect(try counts("carriage returns and newlines") == [2, 2])
    #expect(try counts("carriage returns alone") == [3, 1])
    #expect(try counts("array") == [3, 4])
    #expect(try counts("array on one line") == [3, 1])
    #expect(try counts("open array") == [2, 1])
    #expect(try counts("two arrays") == [2, 3])
    #expect(try counts("pretty objects") == [2, 1])
    #expect(try counts("one pretty object") == [1, 0])
    #expect(try counts("objects without line ends") == [3, 3])
    #expect(try counts("empty") == [0, 0])
    #expect(try counts("spaces") == [0, 0])
    #expect(try counts("null") == [0, 1])
    #expect(try counts("empty array") == [0, 0])
  }

  @Test("objects without line ends may be longer together than a line may be")
  func endlessLine() throws {
    let text = String(repeating: "x", count: 4_096)
    let event = "{\"event\":\"e\",\(Self.time),\"x\":\"\(text)\"}"
    let count = Limits.lineBytesMax / event.utf8.count + 2
    let outcome = try ingest(String(repeating: event, count: count))
    #expect(outcome.rows.count == count && outcome.report.rejected == 0)
  }

  @Test("rejects say where, in arrays and pretty objects too")
  func places() throws {
    func places(_ name: String) throws -> [String] {
      let outcome = try ingest(Self.texts[name] ?? "")
      return outcome.report.firstRejects.map { reject in
        let name = reject.description.split(separator: "/").last.map(String.init) ?? ""
        return "\(name) @\(reject.byteOffset)"
      }
    }
    #expect(
      try places("carriage returns and newlines") == [
        "events:4: no timestamp @\(3 + Self.event.utf8.count + 4 + 40 - 2)",
        "events:5:1: not a JSON object @\(3 + Self.event.utf8.count + 4 + 40 - 2 + 13)",
      ])
    #expect(try places("pretty objects").first?.hasPrefix("events:10:1: expected a value") == true)
    #expect(try places("array").first?.hasPrefix("events:4:10: event name is neither") == true)
    #expect(
      try places("array on one line").first?.hasPrefix(
        "events:1:\(1 + Self.event.utf8.count + 1 + 36 + 1 + 1): no timestamp") == true)
  }

  @Test("any number of threads gives the same batches")
  func threads() throws {
    var random = SeededGenerator(seed: 5)
    var text = ""
    for line in 0..<3_000 {
      text += random.below(50) == 0 ? "{bad\n" : ""
      text +=
        "{\"event\":\"e\(random.below(9))\",\"user_id\":\(random.below(99)),\"timestamp\":"
        + "\(1_767_225_600 + line),\"k\(random.below(300))\":{\"x\":\(line)}}\n"
    }
    let one = try ingest(text, threads: 1, chunkBytes: 4_096)
    #expect(one.batches.count > 20)
    for threads in [2, 4] {
      let several = try ingest(text, threads: threads, chunkBytes: 4_096)
      #expect(several.batches == one.batches)
      #expect(several.rejects == one.rejects)
    }
  }

  @Test("a pipe that brings its bytes one by one reads like a file")
  func pipe() throws {
    let folder = try TestFolder()
    let path = "\(folder.path)/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    let bytes = Array((Self.texts["lines"] ?? "").utf8)
    let writer = DispatchQueue(label: "writer")
    writer.async {
      guard let stream = fopen(path, "w") else { return }
      setvbuf(stream, nil, _IONBF, 0)
      for byte in bytes { fputc(Int32(byte), stream) }
      fclose(stream)
    }
    let sink = MemorySink()
    let run = IngestRun(
      inputs: [path], options: testOptions(), sink: sink, pool: WorkerPool(threads: 2),
      rejects: { _ in })
    let report = try run.run()
    writer.sync {}
    #expect(sink.rows == (try ingest(bytes)).rows)
    #expect(report.rejected == 1)
  }

  @Test("a line longer than the limit is passed over")
  func overlong() throws {
    let good = Array("{\"event\":\"b\",\(Self.time)}\n".utf8)
    let long =
      Array("{\"event\":\"".utf8)
      + [UInt8](repeating: UInt8(ascii: "x"), count: Limits.lineBytesMax) + Array("\"}".utf8)
    let hash = long.withUnsafeBytes { Hash128(of: $0) }.hex
    for ending in [[InputForm.newline] + good, []] {
      let outcome = try ingest(good + long + ending)
      #expect(outcome.rows.count == (ending.isEmpty ? 1 : 2))
      #expect(outcome.report.rejectsByReason == [RejectReason.lineTooLong.text: 1])
      #expect(outcome.report.firstRejects.first?.line == 2)
      let reject = try #require(outcome.rejects.first)
      #expect(reject.utf8.count < Limits.rejectedTextBytesMax + 400)
      #expect(reject.hasPrefix("{\"source\":\"events\",\"line\":2,\"byte_offset\":\(good.count),"))
      #expect(reject.hasSuffix("\"length\":\(long.count),\"hash\":\"\(hash)\"}\n"))
    }
    let comma = UInt8(ascii: ",")
    let array = try ingest(
      [UInt8(ascii: "[")] + good + [comma] + long + [comma] + good + [UInt8(ascii: "]")])
    #expect(array.rows.count == 2)
    #expect(array.report.rejectsByReason == [RejectReason.lineTooLong.text: 1])
    #expect(array.rejects.first?.hasSuffix("\"hash\":\"\(hash)\"}\n") == true)
  }
}
