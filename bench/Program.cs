Console.WriteLine("figure value unit baseline ratio target met");
