import ArgumentParser
import LlamaCore

extension ByteCount: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
