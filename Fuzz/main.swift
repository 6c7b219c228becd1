// Runs one fuzz target under libFuzzer: evt-fuzz TARGET [options and corpus directories].
//
// evt-fuzz alone lists the targets; evt-fuzz TARGET --seeds DIR writes the inputs to begin with.

import Foundation
import FuzzTargets

@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ argumentCount: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What the fuzzer calls; it takes no context along.
nonisolated(unsafe) var chosen: FuzzTarget?

func fuzz(_ target: FuzzTarget, _ options: [String]) -> CInt {
  chosen = target
  var arguments = (["evt-fuzz"] + options).map { strdup($0) } + [nil]
  var count = CInt(arguments.count - 1)
  return arguments.withUnsafeMutableBufferPointer { buffer in
    var base = buffer.baseAddress
    return runFuzzer(&count, &base) { bytes, count in
      do {
        try chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
      } catch {
        FileHandle.standardError.write(Data("finding: \(error)\n".utf8))
        abort()
      }
      return 0
    }
  }
}

let words = CommandLine.arguments.dropFirst()
guard let name = words.first else {
  for target in FuzzTarget.all { print(target.name) }
  exit(0)
}
guard let target = FuzzTarget.named(name) else {
  FileHandle.standardError.write(Data("evt-fuzz: no target \(name)\n".utf8))
  exit(2)
}
if words.count == 3, words.dropFirst().first == "--seeds", let directory = words.last {
  for (number, seed) in try target.seeds().enumerated() {
    try Data(seed).write(to: URL(fileURLWithPath: "\(directory)/seed-\(number)"))
  }
} else {
  exit(fuzz(target, Array(words.dropFirst())))
}
