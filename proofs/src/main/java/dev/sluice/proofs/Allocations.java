package dev.sluice.proofs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Counts what a Java process allocates, by asking it over JMX on loopback. */
final class Allocations implements AutoCloseable {

  private final JMXConnector connector;
  private final MBeanServerConnection server;

  private Allocations(JMXConnector connector, MBeanServerConnection server) {
    this.connector = connector;
    this.server = server;
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The options of a Java process that can be asked on this port. */
  static String options(int port) {
    return "-Dcom.sun.management.jmxremote.port=%d -Dcom.sun.management.jmxremote.rmi.port=%d "
            .formatted(port, port)
        + "-Dcom.sun.management.jmxremote.host=127.0.0.1 -Djava.rmi.server.hostname=127.0.0.1"
        + " -Dcom.sun.management.jmxremote.authenticate=false"
        + " -Dcom.sun.management.jmxremote.ssl=false";
  }

  /** Connects to a process that was started with the options. */
  @SuppressWarnings("BanJNDI") // JMX over RMI needs it; the process is our own child on loopback.
  static Allocations of(int port) throws IOException {
    JMXConnector connector =
        JMXConnectorFactory.connect(
            new JMXServiceURL("service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/jmxrmi".formatted(port)));
    return new Allocations(connector, connector.getMBeanServerConnection());
  }

  /** The bytes that all threads have allocated since the start, those that have ended included. */
  long bytes() throws IOException {
    try {
      return (Long)
          server.getAttribute(
              new ObjectName("java.lang:type=Threading"), "TotalThreadAllocatedBytes");
    } catch (JMException e) {
      throw new IOException("allocated bytes", e);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
