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
    public void A_page_beside_a_row_is_left_by_every_other_way_through_the_list()
    {
        var row = Guid.NewGuid();
        var url = ListUrl.Read("http://portal/audit?kind=machine&page=400").Following(row);

        url.ToString().ShouldBe($"/audit?after={row}&kind=machine&page=401");
        url.Preceding(row).ToString().ShouldBe($"/audit?before={row}&kind=machine&page=400");
        url.OnPage(400).ToString().ShouldBe("/audit?kind=machine&page=400");
        url.Searching("web").ToString().ShouldBe("/audit?q=web&kind=machine");
        url.Filtered("kind", null).ToString().ShouldBe("/audit");
        url.SortedBy("at").ToString().ShouldBe("/audit?kind=machine&sort=at");
        url.Cleared().ToString().ShouldBe("/audit");
        ListUrl.Read("http://portal/audit").Following(row).IsNarrowed.ShouldBeFalse();
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
