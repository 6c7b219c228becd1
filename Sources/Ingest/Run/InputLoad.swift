// Loads one input: the reading thread feeds parsers and collects their batches in order.

import Columnar
import EvtCore

/// Parses the chunks of one input on the pool and hands over the results in input order.
///
/// A bounded number of chunks is on its way at any time. Everything that reaches the consumer
/// depends on the text alone, errors included: when reading fails, what was read before is handed
/// over first.
struct InputLoad {
  let source: any ChunkSource
  let settings: ParserSettings
  let pool: WorkerPool
  /// Bytes of chunks on their way.
  let windowBytes: Int

  /// What the consumer gets: (a part of) a chunk and its results.
  typealias Consumer = (Chunk, ParsedChunk) throws -> Void

  private struct Pending {
    var chunk: Chunk
    var result: PendingResult<ParsedChunk>
  }

  /// Runs to the end of the input.
  func run(_ consume: Consumer) throws {
    var pending: [Pending] = []
    var pendingBytes = 0
    var readError: (any Error)?
    var isAtEnd = false
    while true {
      while !isAtEnd,
        pending.isEmpty
          || (pending.count < pool.threads + 2 && pendingBytes < windowBytes)
      {
        do {
          guard let chunk = try source.next() else {
            isAtEnd = true
            break
          }
          pendingBytes += chunk.capacity
          pending.append(submit(chunk, from: ChunkPosition()))
        } catch {
          readError = error
          isAtEnd = true
        }
      }
      guard !pending.isEmpty else { break }
      let oldest = pending.removeFirst()
      let parsed = try oldest.result.wait().get()
      try consume(oldest.chunk, parsed)
      if parsed.isComplete {
        pendingBytes -= oldest.chunk.capacity
      } else {
        pending.insert(submit(oldest.chunk, from: parsed.position), at: 0)
      }
    }
    if let readError { throw readError }
  }

  private func submit(_ chunk: Chunk, from position: ChunkPosition) -> Pending {
    let settings = self.settings
    let result = pool.submit { ChunkParser.parse(chunk, from: position, settings: settings) }
    return Pending(chunk: chunk, result: result)
  }
}
