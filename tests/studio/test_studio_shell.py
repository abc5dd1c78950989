"""The frame of the studio in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from studio.studio_fixtures import Tab


def test_every_page_of_the_navigation_is_shown_without_a_complaint(tab: Tab) -> None:
    page = tab.open()
    links = page.locator("#nav a")
    expect(links).to_have_count(8)
    for at in range(8):
        links.nth(at).click()
        expect(links.nth(at)).to_have_attribute("aria-current", "page")
        expect(page.locator("main .waiting")).to_have_count(0)
