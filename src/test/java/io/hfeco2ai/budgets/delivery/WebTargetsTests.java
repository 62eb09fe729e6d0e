package io.hfeco2ai.budgets.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hfeco2ai.platform.BadInput;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A webhook leads out to the Internet, or nowhere. */
class WebTargetsTests {

    private static final byte[] PUBLIC = {(byte) 203, 0, 113, 7};

    private final WebTargets targets = new WebTargets(false, InetAddress::getAllByName);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://localhost:8080/x",
                "http://10.0.0.1/",
                "http://172.16.0.1/",
                "http://192.168.1.1/",
                "http://169.254.169.254/latest/meta-data/",
                "http://100.64.0.1/",
                "http://0.0.0.0/",
                "http://255.255.255.255/",
                "http://198.18.0.1/",
                "http://224.0.0.1/",
                "http://[::1]/",
                "http://[::]/",
                "http://[fe80::1]/",
                "http://[fc00::1]/",
                "http://[fd12:3456::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[2002:7f00:1::1]/",
                "http://[2001:0:1::1]/",
                "http://2130706433/",
            })
    void addressesBehindTheFirewallAreRefused(String url) {
        assertThatThrownBy(() -> targets.check(url)).isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://203.0.113.7/",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "//203.0.113.7/",
                "203.0.113.7",
                "https://user:secret@203.0.113.7/",
                "https://203.0.113.7/#part",
                "https://203.0.113.7/\r\nX-Evil: 1",
                "https:///nothing",
                "",
            })
    void whatIsNoPlainWebAddressIsRefused(String url) {
        assertThatThrownBy(() -> targets.check(url)).isInstanceOf(BadInput.class);
    }

    @Test
    void publicAddressesAreTakenAndPrivateOnesWhereTheOperatorAllowsThem() {
        assertThat(targets.check("https://203.0.113.7/hook?x=1").getHost()).isEqualTo("203.0.113.7");
        assertThat(targets.check("http://[2606:4700::1]:8443/")).isNotNull();
        assertThat(new WebTargets(true, InetAddress::getAllByName).check("http://127.0.0.1/"))
                .isNotNull();
    }

    @Test
    void oneBadAddressAmongGoodOnesIsEnoughToRefuse() {
        WebTargets mixed =
                new WebTargets(false, host -> new InetAddress[] {
                    InetAddress.getByAddress(PUBLIC), InetAddress.getByAddress(new byte[] {127, 0, 0, 1})
                });
        assertThatThrownBy(() -> mixed.check("http://mixed.example/")).hasMessageContaining("private");
    }

    @Test
    void aNameThatPointsElsewhereAfterItWasSavedIsRefusedWhenItIsCalled() {
        AtomicInteger asked = new AtomicInteger();
        WebTargets rebinding = new WebTargets(false, host -> new InetAddress[] {
            asked.getAndIncrement() == 0
                    ? InetAddress.getByAddress(PUBLIC)
                    : InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1})
        });
        URI url = rebinding.check("http://rebinding.example:9/");

        assertThatThrownBy(() -> new WebClient(rebinding).post(url, "{}", Map.of()))
                .isInstanceOf(Undelivered.class)
                .hasMessageContaining("private");
        assertThat(asked).hasValue(2);
    }

    @Test
    void aHostWithoutAddressIsSaidToBeNotFound() {
        WebTargets nobody = new WebTargets(false, host -> {
            throw new UnknownHostException(host);
        });
        assertThatThrownBy(() -> nobody.check("https://nobody.invalid/")).hasMessageContaining("not found");
    }
}
