import ArgumentParser
import LlamaCore

extension ByteCount: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

/// A command whose messages speak of memory in the unit that its limit was typed in.
protocol MemoryLimited {
  var memoryLimit: ByteCount? { get }
}
