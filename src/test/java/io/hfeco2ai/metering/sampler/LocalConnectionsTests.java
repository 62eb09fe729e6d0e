package io.hfeco2ai.metering.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class LocalConnectionsTests {

    private final LocalConnections connections = new LocalConnections(Path.of("/proc"));

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void theProcessAtTheOtherEndIsFound(String address) throws IOException {
        InetAddress loopback = InetAddress.getByName(address);
        try (ServerSocket server = new ServerSocket(0, 1, loopback);
                Socket client = new Socket(loopback, server.getLocalPort());
                Socket accepted = server.accept()) {
            InetSocketAddress peer = (InetSocketAddress) accepted.getRemoteSocketAddress();

            assertThat(client.isConnected()).isTrue();
            assertThat(connections.pidOf(peer)).contains(ProcessHandle.current().pid());
            assertThat(connections.pidOf(new InetSocketAddress("192.0.2.1", peer.getPort())))
                    .as("the same port of another address")
                    .isEmpty();
        }
    }

    @Test
    void onlyAddressesOfThisMachineAreOwn() throws IOException {
        assertThat(LocalConnections.isOwn(InetAddress.getByName("127.0.0.1"))).isTrue();
        assertThat(LocalConnections.isOwn(InetAddress.getByName("192.0.2.1"))).isFalse();
    }
}
