using Portal.Web.Controls;

namespace Portal.Tests.Web.Controls;

public class ListUrlTests
{
    [Fact]
    public void An_address_without_a_query_is_the_whole_list_from_its_start()
    {
        var url = ListUrl.Read("http://portal/machines");

        url.IsNarrowed.ShouldBeFalse();
        url.ToQuery().Skip.ShouldBe(0);
        url.ToString().ShouldBe("/machines");
    }

    [Fact]
    public void What_an_address_says_survives_the_way_there_and_back()
    {
        var url = ListUrl.Read("http://portal/machines?q=web%20%26%20db&state=running&sort=-name&page=3");

        url.Search.ShouldBe("web & db");
        url["state"].ShouldBe("running");
        url.ToQuery().Skip.ShouldBe(2 * ListUrl.PageSize);
        ListUrl.Read("http://portal" + url).ToString().ShouldBe(url.ToString());
    }

    [Fact]
    public void Searching_filtering_and_sorting_go_back_to_the_first_page()
    {
        var url = ListUrl.Read("http://portal/machines?page=3");

        url.Searching("web").Number.ShouldBe(1);
        url.Filtered("state", "off").Number.ShouldBe(1);
        url.SortedBy("name").Number.ShouldBe(1);
    }

    [Fact]
    public void Sorting_twice_by_the_same_field_turns_the_order_round()
    {
        var once = ListUrl.Read("http://portal/machines").SortedBy("name");

        once.Sort.ShouldBe("name");
        once.SortedBy("name").Sort.ShouldBe("-name");
        once.SortedBy("name").SortedBy("state").Sort.ShouldBe("state");
    }

    [Theory]
    [InlineData("page=0", 1)]
    [InlineData("page=-7", 1)]
    [InlineData("page=x", 1)]
    [InlineData("page=2147483647", 100_000)]
    [InlineData("page=99999999999999", 1)]
    public void A_made_up_page_number_never_leads_outside_the_list(string query, int page) =>
        ListUrl.Read($"http://portal/machines?{query}").Number.ShouldBe(page);
}
